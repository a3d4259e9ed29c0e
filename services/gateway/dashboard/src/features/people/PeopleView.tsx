/** Everybody as a graph, or one person's journey where the address names somebody. */
import { Suspense, lazy } from "react";
import { Loading } from "../../components/States.tsx";
import { useRoute } from "../../lib/route.ts";
import { SocietyPage } from "./SocietyPage.tsx";

const Journey = lazy(() => import("./journey/Journey.tsx"));

export default function PeopleView() {
  const { rest } = useRoute();
  const userId = rest[0];
  if (userId === undefined) {
    return <SocietyPage />;
  }
  return (
    <Suspense fallback={<Loading title="Opening the journey" words="One person's story, from the first session on." />}>
      <Journey key={userId} userId={userId} />
    </Suspense>
  );
}
