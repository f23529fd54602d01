package io.kappa.kit.lifecycle;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a process has started, so that it stops in reverse order: first what takes in work, last what the work needs. */
public final class Lifecycle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private boolean closed;

    /** Closes the part when this closes, after everything owned later. */
    public synchronized <T extends AutoCloseable> T own(T part) {
        if (closed) {
            throw new IllegalStateException("already stopping");
        }
        owned.push(part);
        return part;
    }

    /** Closes everything, newest first. A part that fails to close does not keep the others open. */
    @Override
    public synchronized void close() {
        closed = true;
        while (!owned.isEmpty()) {
            var part = owned.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.atWarn()
                        .addKeyValue("part", part.getClass().getSimpleName())
                        .setCause(e)
                        .log("part did not stop cleanly");
            }
        }
    }
}
