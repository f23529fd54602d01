package io.kappa.kafka;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import kafka.server.FaultHandlerFactory;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.server.fault.FaultHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a broker goes when it finds that it cannot go on. Kafka would end the process; here the process is not Kafka's, so the fault
 * is reported, and whoever started the broker decides.
 */
final class Faults implements FaultHandlerFactory {
    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    /** Brokers of this process: the ways out that Kafka takes through {@link Exit} do not say which broker took them. */
    private static final Set<Faults> ALL = ConcurrentHashMap.newKeySet();

    private final CompletableFuture<String> fatal = new CompletableFuture<>();

    static {
        Exit.setExitProcedure(Faults::leave);
        Exit.setHaltProcedure(Faults::leave);
    }

    Faults() {
        ALL.add(this);
    }

    /** Completes with what happened, once the broker cannot go on. */
    CompletableFuture<String> fatal() {
        return fatal;
    }

    /** The broker is gone, so what others do no longer concerns it. */
    void forget() {
        ALL.remove(this);
    }

    @Override
    public FaultHandler build(String name, boolean isFatal, Runnable action) {
        return new FaultHandler() {
            @Override
            public RuntimeException handleFault(String message, @Nullable Throwable cause) {
                LOG.atError().addKeyValue("part", name).setCause(cause).log("fault in the embedded Kafka: {}", message);
                action.run();
                if (isFatal) {
                    fatal.complete(name + ": " + message);
                }
                return new IllegalStateException(name + ": " + message, cause);
            }
        };
    }

    private static void leave(int status, @Nullable String message) {
        var reason = message == null ? "Kafka stopped with status " + status : message;
        ALL.forEach(faults -> faults.fatal.complete(reason));
        throw new IllegalStateException(reason);
    }
}
