import * as React from 'react';

/** How often what counts down is drawn anew, in milliseconds. */
const STEP = 5000;

/**
 * The time now, in milliseconds since the epoch, for what counts down. Read
 * from the clock and never counted up: a laptop that slept shows the right time
 * at once when it wakes.
 */
export function useNow(): number {
  const [now, setNow] = React.useState(() => Date.now());
  React.useEffect(() => {
    const look = () => {
      if (!document.hidden) {
        setNow(Date.now());
      }
    };
    const timer = setInterval(look, STEP);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return now;
}
