/** Whether a control waits for the simulator's answer. */
import { useLuna } from "./context.ts";
import { useStore } from "./store.ts";

export function usePending(control: string): boolean {
  const luna = useLuna();
  return useStore(luna.control.receipts, (all) => all.some((one) => one.control === control && one.status === "pending"));
}
