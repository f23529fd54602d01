package io.kappa.worker.sandbox;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that waits for all descriptors of all child processes: output to read, processes that end. A thread for each would be
 * too many, and virtual threads that read pipes block their carriers. Another thread's changes to the set come through a queue, and a
 * pipe to itself interrupts the waiting.
 */
final class FdPoller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FdPoller.class);
    private static final int FIRST_CAPACITY = 64;
    private static final MemorySegment WAKE_BYTE = Arena.global().allocate(1);

    /** A descriptor to wait for. Called on the poller's thread only; must not block. */
    interface Source {
        int fd();

        /** There is something to read, or the end of it. Returns whether to go on waiting. */
        boolean ready();

        /** The poller no longer knows the descriptor, so its number may be given back. Called once. */
        void removed();
    }

    private final Queue<Runnable> changes = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final int wakeRead;
    private final int wakeWrite;
    private final Thread thread;

    // The poller thread's own.
    private final List<Source> sources = new ArrayList<>();
    private MemorySegment pollfds = Arena.ofAuto().allocate((long) FIRST_CAPACITY * Posix.POLLFD, 8);
    private boolean changed = true;

    private volatile boolean closing;
    private boolean closed;

    FdPoller() throws IOException {
        var wake = Posix.pipe();
        wakeRead = wake[0];
        wakeWrite = wake[1];
        thread = Thread.ofPlatform().name("watches-processes").daemon().start(this::run);
    }

    void add(Source source) {
        change(() -> {
            sources.add(source);
            changed = true;
        });
    }

    /** Does nothing where the source has been removed already. */
    void remove(Source source) {
        change(() -> {
            if (sources.remove(source)) {
                changed = true;
                source.removed();
            }
        });
    }

    private void change(Runnable change) {
        changes.add(change);
        wake();
    }

    private void wake() {
        if (woken.compareAndSet(false, true)) {
            synchronized (this) {
                if (!closed) {
                    Posix.write(wakeWrite, WAKE_BYTE);
                }
            }
        }
    }

    private void run() {
        var wakeBytes = Arena.ofAuto().allocate(64);
        while (!closing) {
            woken.set(false); // before the queue is emptied, so that what is added afterwards wakes again
            for (var change = changes.poll(); change != null; change = changes.poll()) {
                change.run();
            }
            if (changed) {
                prepare();
                changed = false;
            }
            if (Posix.poll(pollfds, sources.size() + 1, -1) <= 0) {
                continue; // interrupted by a signal
            }
            if (pollfds.get(ValueLayout.JAVA_SHORT, 6) != 0) {
                Posix.read(wakeRead, wakeBytes);
            }
            serveReady();
        }
        sources.forEach(Source::removed);
        synchronized (this) {
            closed = true;
            Posix.close(wakeRead);
            Posix.close(wakeWrite);
        }
    }

    /** Writes the structures that poll reads: the pipe to itself first, then the sources in order. */
    private void prepare() {
        int count = sources.size() + 1;
        if ((long) count * Posix.POLLFD > pollfds.byteSize()) {
            pollfds = Arena.ofAuto().allocate(2L * count * Posix.POLLFD, 8);
        }
        for (int i = 0; i < count; i++) {
            long at = (long) i * Posix.POLLFD;
            pollfds.set(
                    ValueLayout.JAVA_INT,
                    at,
                    i == 0 ? wakeRead : sources.get(i - 1).fd());
            pollfds.set(ValueLayout.JAVA_SHORT, at + 4, Posix.POLLIN);
            pollfds.set(ValueLayout.JAVA_SHORT, at + 6, (short) 0);
        }
    }

    private void serveReady() {
        // Backwards, so that removing one does not move those that are still to be looked at.
        for (int i = sources.size() - 1; i >= 0; i--) {
            if (pollfds.get(ValueLayout.JAVA_SHORT, (long) (i + 1) * Posix.POLLFD + 6) == 0) {
                continue;
            }
            var source = sources.get(i);
            if (!stays(source)) {
                sources.remove(i);
                changed = true;
                source.removed();
            }
        }
    }

    private static boolean stays(Source source) {
        try {
            return source.ready();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("a process is no longer watched");
            return false;
        }
    }

    @Override
    public void close() {
        closing = true;
        wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
