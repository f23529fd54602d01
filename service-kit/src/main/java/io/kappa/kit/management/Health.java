package io.kappa.kit.management;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/** Whether this process can do its work, part by part. A part says nothing while it is well, and in one line why not otherwise. */
public final class Health {
    private final Map<String, Supplier<Optional<String>>> readiness = new ConcurrentSkipListMap<>();
    private final Map<String, Supplier<Optional<String>>> liveness = new ConcurrentSkipListMap<>();

    /** Adds a part without which the process takes no work. Asked often, from any thread, so it must be quick. */
    public void readyWhen(String part, Supplier<Optional<String>> problem) {
        readiness.put(part, problem);
    }

    /** Adds a part that only a new process can mend once it has failed. */
    public void aliveWhile(String part, Supplier<Optional<String>> problem) {
        liveness.put(part, problem);
    }

    /** Why the process takes no work: one line a part, empty when it is ready. */
    public List<String> unready() {
        return problems(readiness);
    }

    /** Why the process should be replaced: one line a part, empty while it lives. */
    public List<String> dead() {
        return problems(liveness);
    }

    private static List<String> problems(Map<String, Supplier<Optional<String>>> parts) {
        return parts.entrySet().stream()
                .flatMap(part -> problem(part.getValue()).map(problem -> part.getKey() + ": " + problem).stream())
                .toList();
    }

    private static Optional<String> problem(Supplier<Optional<String>> part) {
        try {
            return part.get();
        } catch (RuntimeException e) {
            return Optional.of("cannot tell: " + e);
        }
    }
}
