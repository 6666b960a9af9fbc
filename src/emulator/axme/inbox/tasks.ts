import * as v from 'valibot';
import { fullAddress } from '../agents.js';
import type { Family } from '../family.js';
import { queryInt } from '../input.js';
import type { Intent } from '../intents/intent.js';
import type { Lifecycle } from '../intents/lifecycle.js';
import type { AxmeRouter } from '../router.js';
import { dateTime } from '../time.js';

const query = { limit: v.optional(queryInt(1, 1000), '200') };

/** What people are waited for (AXME contract §2.20). */
export class HumanTasks implements Family {
  readonly #lifecycle: Lifecycle;

  constructor(lifecycle: Lifecycle) {
    this.#lifecycle = lifecycle;
  }

  routes(router: AxmeRouter): void {
    router.machine('/v1/me/tasks', {
      GET: (call) => {
        const { limit } = call.query(query);
        const whose = call.owner ?? call.caller.actor?.ownerAgent;
        const tasks = this.#lifecycle.store
          .list()
          .filter((intent) => intent.waitingReason === 'WAITING_FOR_HUMAN' && intent.humanTask !== undefined)
          .filter((intent) => whose === undefined || isFor(intent, whose));
        return { ok: true, tasks: tasks.slice(0, limit).map(taskItem) };
      },
    });
  }

  reset(): void {}
}

/** A task that nobody is named for is whose intent it is. */
function isFor({ humanTask, toAgent }: Intent, owner: string): boolean {
  return (humanTask?.assignees ?? [toAgent]).some((assignee) => fullAddress(assignee) === fullAddress(owner));
}

/** HumanTaskItem of AXME contract §2.20. */
function taskItem(intent: Intent): object {
  return {
    intent_id: intent.intentId,
    intent_type: intent.intentType,
    status: intent.status,
    from_agent: intent.fromAgent,
    assigned_at: dateTime(intent.waitingSince ?? intent.updatedAt),
    due_at: intent.deadlineAt === undefined ? undefined : dateTime(intent.deadlineAt),
    human_task: intent.humanTask,
  };
}
