package io.kappa.worker.environment;

import org.jspecify.annotations.Nullable;

/**
 * Rings at one moment, which is moved at every invocation and seldom reached. So the timer beneath is left alone where it would ring too
 * early, and set again when it does: a busy environment touches a timer once a timeout rather than twice an invocation.
 */
final class Alarm {
    private final EventLoop loop;
    private final Runnable ring;
    private boolean set;
    private long at;
    private EventLoop.@Nullable Timer timer;
    private long timerAt;

    Alarm(EventLoop loop, Runnable ring) {
        this.loop = loop;
        this.ring = ring;
    }

    /** Rings once that much time has passed, and not at the moment set before. */
    void set(long nanosFromNow) {
        set = true;
        long now = loop.nanoTime();
        at = now + nanosFromNow;
        if (timer == null) {
            wind(nanosFromNow);
        } else if (timerAt - at > 0) {
            timer.cancel();
            wind(nanosFromNow);
        }
    }

    /** Does not ring until set again. */
    void clear() {
        set = false;
    }

    /** Lets go of the timer too. */
    void dispose() {
        set = false;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void wind(long nanosFromNow) {
        timerAt = at;
        timer = loop.after(nanosFromNow, this::elapsed);
    }

    private void elapsed() {
        timer = null;
        if (!set) {
            return;
        }
        long left = at - loop.nanoTime();
        if (left > 0) {
            wind(left);
        } else {
            set = false;
            ring.run();
        }
    }
}
