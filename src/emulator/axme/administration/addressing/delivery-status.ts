import * as v from 'valibot';

/** Where a delivery stands (AXME contract §2.16). */
export const deliveryStatus = v.picklist(['submitted', 'delivered', 'failed', 'pending', 'dead_lettered']);
export type DeliveryStatus = v.InferOutput<typeof deliveryStatus>;
