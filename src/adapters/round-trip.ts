import type { Dispatcher } from "undici";

/** Reports how long each request took, from writing it to its socket until its response started. */
export function measureRoundTrips(
  now: () => number,
  onRoundTrip: (origin: string, ms: number) => void,
): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    let writtenAt = Number.NaN;
    return dispatch(options, {
      onRequestStart: (controller, context) => {
        writtenAt = now();
        handler.onRequestStart?.(controller, context);
      },
      onResponseStart: (...response) => {
        onRoundTrip(String(options.origin), now() - writtenAt);
        handler.onResponseStart?.(...response);
      },
      onResponseData: (...data) => handler.onResponseData?.(...data),
      onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
      onResponseError: (...error) => handler.onResponseError?.(...error),
    });
  };
}
