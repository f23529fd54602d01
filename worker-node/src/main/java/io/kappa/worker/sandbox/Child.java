package io.kappa.worker.sandbox;

import io.kappa.worker.sandbox.Posix.Status;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that this one has started, with its output. Costs no thread. */
final class Child {
    private static final Logger LOG = LoggerFactory.getLogger(Child.class);

    private final int pid;
    private final FdPoller poller;
    private final ChildOutput output;
    private final IntConsumer atEnd;
    private final CompletableFuture<Status> ended = new CompletableFuture<>();
    private boolean reaped;

    private Child(int pid, FdPoller poller, ChildOutput output, IntConsumer atEnd) {
        this.pid = pid;
        this.poller = poller;
        this.output = output;
        this.atEnd = atEnd;
    }

    /**
     * Starts a program.
     *
     * @param outputOwner user to whom the output belongs, so that the process may open {@code /dev/stdout}
     * @param atEnd told the process id when the process has ended but its id cannot be another's yet: time to end what it left behind.
     *     May block.
     */
    static Child start(
            Spawn.Command command, FdPoller poller, Sandbox.Output output, int outputOwner, IntConsumer atEnd)
            throws IOException {
        return start(command, poller, output, outputOwner, Spawn.NONE, atEnd);
    }

    /** @param further a descriptor that the program gets as its third */
    static Child start(
            Spawn.Command command,
            FdPoller poller,
            Sandbox.Output output,
            int outputOwner,
            int further,
            IntConsumer atEnd)
            throws IOException {
        return with(output, outputOwner, poller, atEnd, end -> Spawn.start(command, end, further));
    }

    /** Makes a process come to be. */
    @FunctionalInterface
    interface Maker {
        /**
         * @param end where the process shall print
         * @return the process's id; it is a child of this process
         */
        int make(int end) throws IOException;
    }

    /** A child that somebody else makes, for this process. */
    static Child with(Sandbox.Output output, int outputOwner, FdPoller poller, IntConsumer atEnd, Maker maker)
            throws IOException {
        var pipe = Posix.pipe();
        var childOutput = new ChildOutput(pipe[0], output);
        int pid;
        try {
            if (outputOwner != 0) {
                Posix.giveTo(pipe[1], outputOwner);
            }
            pid = maker.make(pipe[1]);
        } catch (IOException | RuntimeException e) {
            childOutput.removed();
            throw e;
        } finally {
            Posix.close(pipe[1]);
        }
        var child = new Child(pid, poller, childOutput, atEnd);
        poller.add(childOutput);
        child.watchEnd();
        return child;
    }

    /** Process id, and id of its session and process group. */
    int pid() {
        return pid;
    }

    /** How it ended, once everything that it printed has been handed over. */
    CompletableFuture<Status> ended() {
        return ended;
    }

    void drainOutput() {
        output.drain();
    }

    /** Does nothing once the process has ended. */
    synchronized void signal(int signal) {
        if (!reaped) {
            Posix.signal(pid, signal);
        }
    }

    /** To all processes of its group. Does nothing once the process has ended. */
    synchronized void signalGroup(int signal) {
        if (!reaped) {
            Posix.signal(-pid, signal);
        }
    }

    private void watchEnd() {
        var end = Posix.endOf(pid);
        if (end.isPresent()) {
            poller.add(new End(end.get()));
        } else {
            // No such descriptor on this kernel: the JDK waits for it, at the price of a thread.
            var _ = ProcessHandle.of(pid)
                    .map(ProcessHandle::onExit)
                    .orElseGet(() -> CompletableFuture.completedFuture(null))
                    .thenRun(this::startEnding);
        }
    }

    private void startEnding() {
        Thread.ofVirtual().name("ends-process-" + pid).start(this::end);
    }

    private void end() {
        try {
            atEnd.accept(pid);
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("pid", pid).setCause(e).log("what a process left behind may still run");
        }
        Status status;
        synchronized (this) {
            status = Posix.reap(pid);
            reaped = true;
        }
        output.drain();
        poller.remove(output);
        ended.complete(status);
    }

    /** The descriptor that becomes readable when the process ends. */
    private final class End implements FdPoller.Source {
        private final int fd;

        End(int fd) {
            this.fd = fd;
        }

        @Override
        public int fd() {
            return fd;
        }

        @Override
        public boolean ready() {
            startEnding();
            return false;
        }

        @Override
        public void removed() {
            Posix.close(fd);
        }
    }
}
