import type { Dispatcher } from "undici";

/** Tells of each request how long it took from when it was written to its connection until its answer began. */
export function measureRoundTrips(
  now: () => number,
  tell: (origin: string, ms: number) => void,
): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    let writtenAt = Number.NaN;
    return dispatch(options, {
      onRequestStart: (controller, context) => {
        writtenAt = now();
        handler.onRequestStart?.(controller, context);
      },
      onResponseStart: (...answer) => {
        tell(String(options.origin), now() - writtenAt);
        handler.onResponseStart?.(...answer);
      },
      onResponseData: (...data) => handler.onResponseData?.(...data),
      onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
      onResponseError: (...error) => handler.onResponseError?.(...error),
    });
  };
}
