package io.kappa.router.dispatch;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.VersionArn;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the worker for an invocation. The one that served the version last has a warm environment and the code, so it is asked first, as
 * long as what this router has it run leaves half of its memory; else the less loaded of two taken at random, which spreads load nearly as
 * well as the least loaded of all and does not send every router to the same one.
 */
final class WorkerChoice {
    private static final double OVERLOADED = 0.5;

    /** A hint lost costs one cold start, so the memory of hints may simply be dropped when it has grown too large. */
    private static final int MOST_REMEMBERED = 50_000;

    private final WorkerDirectory directory;
    private final Supplier<RandomGenerator> random;
    private final Map<VersionArn, Worker> lastServed = new ConcurrentHashMap<>();

    WorkerChoice(WorkerDirectory directory, Supplier<RandomGenerator> random) {
        this.directory = directory;
        this.random = random;
    }

    /**
     * @param tried workers that have refused this invocation
     * @return null where no worker is left to ask
     */
    @Nullable
    Worker choose(VersionArn version, RuntimeIdentifier runtime, int megabytes, Collection<Worker> tried) {
        long now = directory.nowMillis();
        var warm = lastServed.get(version);
        if (warm != null
                && warm.load(megabytes) <= OVERLOADED
                && warm.takesWork(now)
                && warm.offers(runtime)
                && !tried.contains(warm)) {
            return warm;
        }
        Worker first = null;
        Worker second = null;
        int seen = 0;
        for (var worker : directory.known()) {
            if (worker.takesWork(now) && worker.offers(runtime) && !tried.contains(worker)) {
                // Keeps each pair of those seen so far with equal chance.
                int place = seen < 2 ? seen : random.get().nextInt(seen + 1);
                seen++;
                if (place == 0) {
                    first = worker;
                } else if (place == 1) {
                    second = worker;
                }
            }
        }
        return first == null || second == null ? first : lessLoaded(first, second, megabytes);
    }

    private Worker lessLoaded(Worker first, Worker second, int megabytes) {
        double difference = first.load(megabytes) - second.load(megabytes);
        return difference < 0 || (difference == 0 && random.get().nextBoolean()) ? first : second;
    }

    void served(VersionArn version, Worker worker) {
        if (lastServed.get(version) == worker) {
            return;
        }
        if (lastServed.size() >= MOST_REMEMBERED) {
            lastServed.clear();
        }
        lastServed.put(version, worker);
    }
}
