package io.kappa.router.admission;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.router.refusal.LambdaApiException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps functions to the concurrency that is reserved for them. Only functions with a reservation are counted, so invocations that began
 * before it was made are not. Counts what runs through this router alone: of several, each admits as many as are reserved.
 */
public final class Admission {
    private static final String RESERVED_USED_UP = "ReservedFunctionConcurrentInvocationLimitExceeded";

    private static final Place UNCOUNTED = () -> {};

    /** One counter for each function that ever had a reservation: there are fewer of these than functions. */
    private final Map<FunctionArn, AtomicInteger> running = new ConcurrentHashMap<>();

    /** What an admitted invocation holds until it ends. Left by whoever notices the end, and counted once however many do. */
    @FunctionalInterface
    public interface Place {
        void leave();
    }

    private static final class CountedPlace implements Place {
        private final AtomicInteger running;
        private final AtomicBoolean left = new AtomicBoolean();

        CountedPlace(AtomicInteger running) {
            this.running = running;
        }

        @Override
        public void leave() {
            if (left.compareAndSet(false, true)) {
                running.decrementAndGet();
            }
        }
    }

    /** @throws LambdaApiException where as many invocations of the function run already as are reserved for it */
    public Place enter(FunctionRecord function) {
        var reserved = function.reservedConcurrency();
        return reserved == null ? UNCOUNTED : enter(function.function(), reserved);
    }

    private Place enter(FunctionArn function, int reserved) {
        var count = running.computeIfAbsent(function, _ -> new AtomicInteger());
        int before = count.get();
        while (before < reserved) {
            if (count.compareAndSet(before, before + 1)) {
                return new CountedPlace(count);
            }
            before = count.get();
        }
        throw LambdaApiException.throttled(RESERVED_USED_UP);
    }
}
