import { type ComponentType, type ReactNode, useEffect, useState } from 'react';

/**
 * A component whose code is loaded when it is first shown: what `lazy` and `Suspense` of React do, but what has come is drawn
 * as an ordinary update. React draws what a `Suspense` waited for at its least priority: each other update makes it begin
 * anew, and it never becomes urgent. On a busy machine a screen whose code was there long since did not come at all.
 *
 * @param load imports the code; tried again when the component is next shown after it failed
 * @returns the component; `waiting` stands in its place meanwhile, by default nothing. Throws what `load` fails with while it
 * is drawn, for the error boundary around it.
 */
export function onDemand<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): (props: Props & { readonly waiting?: ReactNode }) => ReactNode {
  let loaded: ComponentType<Props> | undefined;
  let loading: Promise<ComponentType<Props>> | undefined;
  return function OnDemand({ waiting, ...props }) {
    const [failure, setFailure] = useState<{ readonly error: unknown }>();
    const [Content, setContent] = useState(() => loaded);
    useEffect(() => {
      if (loaded !== undefined) {
        setContent(() => loaded);
        return;
      }
      let shown = true;
      loading ??= load();
      loading.then(
        (component) => {
          loaded = component;
          if (shown) setContent(() => component);
        },
        (error: unknown) => {
          loading = undefined;
          if (shown) setFailure({ error });
        },
      );
      return () => {
        shown = false;
      };
    }, []);
    if (failure !== undefined) throw failure.error;
    return Content === undefined ? waiting : <Content {...(props as unknown as Props)} />;
  };
}
