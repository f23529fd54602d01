package io.kappa.deadletters;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waiting for what others do, by looking again and again until it has happened. */
final class Waiting {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(25);

    /**
     * The first answer that is as expected.
     *
     * @throws AssertionError where there is none in time
     */
    static <T> T until(Callable<T> question, Predicate<T> expected) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        var answer = question.call();
        while (!expected.test(answer)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + PATIENCE + ": " + answer);
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            answer = question.call();
        }
        return answer;
    }

    private Waiting() {}
}
