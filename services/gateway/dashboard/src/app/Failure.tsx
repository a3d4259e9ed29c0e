/** A fault of the page itself is said, never a blank screen. */
import { Component, type ReactNode } from "react";

interface State {
  readonly message: string | null;
}

export class Failure extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { message: null };

  static getDerivedStateFromError(error: unknown): State {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.message === null) {
      return this.props.children;
    }
    return (
      <div className="failure" role="alert">
        <h1>The page stumbled</h1>
        <p>The city goes on; only this page has a fault: {this.state.message}</p>
        <button type="button" className="button button-primary" onClick={() => window.location.reload()}>
          Load the page again
        </button>
      </div>
    );
  }
}
