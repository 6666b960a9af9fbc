import { PermissionClient } from './permission-client.js';

/** todo */
export class AgentOtpClient extends PermissionClient {}
