package io.kappa.worker.sandbox;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one child process and its descendants print: the read end of their pipe. Read by the poller's thread as it comes, and by whoever
 * must know that everything printed so far has been seen. The lock keeps the pieces in order.
 */
final class ChildOutput implements FdPoller.Source {
    private static final int PIECE = 64 * 1024;
    /** A pipe holds no more than this unless its user was privileged, so nobody who prints without end can keep a drain going. */
    private static final int MOST_IN_PIPE = 1024 * 1024;

    private static final Queue<MemorySegment> BUFFERS = new ConcurrentLinkedQueue<>();

    private final int fd;
    private final Sandbox.Output output;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean open = true;

    ChildOutput(int fd, Sandbox.Output output) {
        this.fd = fd;
        this.output = output;
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public boolean ready() {
        return readPiece() != 0;
    }

    /** Hands over everything that is in the pipe now. */
    void drain() {
        int total = 0;
        int count;
        do {
            count = readPiece();
            total += count;
        } while (count > 0 && total < MOST_IN_PIPE);
    }

    /** As {@link #ready}: how many bytes were read and handed over, 0 at the end, -1 where there is nothing now. */
    private int readPiece() {
        lock.lock();
        try {
            if (!open) {
                return 0;
            }
            var buffer = takeBuffer();
            try {
                int count = Posix.read(fd, buffer);
                if (count > 0) {
                    output.print(buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
                }
                return count;
            } finally {
                BUFFERS.add(buffer);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void removed() {
        lock.lock();
        try {
            open = false;
            Posix.close(fd);
        } finally {
            lock.unlock();
        }
    }

    private static MemorySegment takeBuffer() {
        var buffer = BUFFERS.poll();
        return buffer != null ? buffer : Arena.ofAuto().allocate(PIECE);
    }
}
