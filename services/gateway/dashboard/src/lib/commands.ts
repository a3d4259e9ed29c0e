/** What may be asked of the city, and the address of each command for when the socket is away. */
export type Command =
  | { readonly type: "pause" | "resume" | "reset" | "start" | "stop"; readonly payload?: Record<string, never> }
  | { readonly type: "set_speed"; readonly payload: { readonly multiplier: number | "max" } }
  | { readonly type: "set_rate"; readonly payload: { readonly events_per_second: number | null } }
  | { readonly type: "spawn_users"; readonly payload: { readonly count: number; readonly befriend?: boolean } }
  | { readonly type: "set_scenario"; readonly payload: ScenarioOrder }
  | { readonly type: "trigger_event"; readonly payload: TriggerOrder }
  | { readonly type: "adjust_behavior"; readonly payload: BehaviorOrder }
  | { readonly type: "weather"; readonly payload: { readonly condition?: string; readonly hours?: number } }
  | { readonly type: "seed"; readonly payload: { readonly seed?: number; readonly users?: number; readonly venues?: number } }
  | { readonly type: "create_snapshot"; readonly payload: { readonly name: string; readonly description: string } }
  | { readonly type: "restore_snapshot" | "delete_snapshot"; readonly payload: { readonly snapshot: string } }
  | { readonly type: "travel"; readonly payload: { readonly to: string; readonly pause: boolean } };

/** Those that the control socket does not know. */
export const REST_ONLY: ReadonlySet<Command["type"]> = new Set(["delete_snapshot"] as const);

export interface ScenarioOrder {
  readonly scenario: string;
  readonly action: "start" | "stop";
  readonly intensity?: number;
}

export interface TriggerOrder {
  readonly event_type: string;
  readonly channel: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly user_id?: string;
  readonly venue_id?: string;
}

export interface BehaviorOrder {
  readonly action_probabilities: Readonly<Record<string, number>>;
  readonly persona?: string;
  readonly scenario?: string;
}

export interface Order {
  /** Under /api/v1. */
  readonly path: string;
  readonly body: object;
}

/** The same command as a POST. */
export function orderOf(command: Command): Order {
  switch (command.type) {
    case "set_speed":
      return { path: "/simulation/speed", body: command.payload };
    case "set_rate":
      return { path: "/simulation/rate", body: command.payload };
    case "spawn_users":
      return { path: `/admin/control/users/spawn/${command.payload.count}`, body: { befriend: command.payload.befriend ?? false } };
    case "set_scenario":
      return { path: "/simulation/scenario", body: command.payload };
    case "trigger_event":
      return { path: "/admin/control/events/trigger", body: command.payload };
    case "adjust_behavior":
      return { path: "/admin/control/behavior/adjust", body: command.payload };
    case "weather":
    case "seed":
      return { path: `/simulation/command/${command.type}`, body: command.payload };
    case "create_snapshot":
      return { path: "/admin/simulation/snapshot", body: command.payload };
    case "restore_snapshot":
      return { path: `/admin/simulation/restore/${encodeURIComponent(command.payload.snapshot)}`, body: {} };
    case "delete_snapshot":
      return { path: "/simulation/command/snapshot.delete", body: command.payload };
    case "travel":
      return { path: "/admin/simulation/travel", body: command.payload };
    default:
      return { path: `/simulation/${command.type}`, body: {} };
  }
}
