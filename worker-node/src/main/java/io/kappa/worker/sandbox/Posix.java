package io.kappa.worker.sandbox;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** System calls that Java has no door to: signals, pipes that do not block, poll, the ends of processes. */
@SuppressWarnings("restricted") // Each handle is linked to a function of the C library by its documented signature.
final class Posix {
    static final boolean MAC = System.getProperty("os.name", "").startsWith("Mac");

    static final int SIGKILL = 9;
    static final int SIGTERM = 15;
    static final int SIGSTOP = MAC ? 17 : 19;
    static final int SIGCONT = MAC ? 19 : 18;
    static final short POLLIN = 1;
    /** Size of {@code struct pollfd}: an int and two shorts. */
    static final int POLLFD = 8;

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    static final AddressLayout POINTER = ValueLayout.ADDRESS;

    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = MAC ? 4 : 0x800;
    private static final int WNOHANG = 1;
    private static final int RLIMIT_NOFILE = 7;
    private static final int SYS_PIDFD_OPEN = 434;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout ERRNO = Linker.Option.captureStateLayout();

    private static final MethodHandle KILL = function("kill", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle READ = function("read", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
    private static final MethodHandle WRITE = function("write", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle PIPE = function("pipe", FunctionDescriptor.of(INT, POINTER));
    private static final MethodHandle FCNTL =
            function("fcntl", FunctionDescriptor.of(INT, INT, INT, INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle FCHOWN = function("fchown", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle POLL = function("poll", FunctionDescriptor.of(INT, POINTER, LONG, INT));
    private static final MethodHandle WAITPID = function("waitpid", FunctionDescriptor.of(INT, INT, POINTER, INT));
    private static final MethodHandle STRERROR = function("strerror", FunctionDescriptor.of(POINTER, INT));
    private static final Optional<MethodHandle> PRLIMIT =
            optionalFunction("prlimit", FunctionDescriptor.of(INT, INT, INT, POINTER, POINTER));
    private static final MethodHandle SYSCALL = function(
            "syscall",
            FunctionDescriptor.of(LONG, LONG, LONG, LONG),
            Linker.Option.firstVariadicArg(1),
            Linker.Option.captureCallState("errno"));

    /** How a process ended: a code, or the signal that ended it. */
    record Status(int code, int signal) {}

    static boolean signal(int pidOrMinusGroup, int signal) {
        try {
            return (int) KILL.invokeExact(pidOrMinusGroup, signal) == 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** A pipe's two ends: to read from, without blocking, and to write to. */
    static int[] pipe() throws IOException {
        try (var arena = Arena.ofConfined()) {
            var ends = arena.allocate(INT, 2);
            if ((int) PIPE.invokeExact(ends) != 0) {
                throw new IOException("no pipe could be made: too many open files?");
            }
            int readEnd = ends.getAtIndex(INT, 0);
            int _ = (int) FCNTL.invokeExact(readEnd, F_SETFL, O_NONBLOCK);
            return new int[] {readEnd, ends.getAtIndex(INT, 1)};
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** @return how many bytes were read, 0 at the end, -1 where there is nothing now */
    static int read(int fd, MemorySegment into) {
        try {
            return (int) (long) READ.invokeExact(fd, into, into.byteSize());
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static boolean write(int fd, MemorySegment bytes) {
        try {
            return (long) WRITE.invokeExact(fd, bytes, bytes.byteSize()) == bytes.byteSize();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static void close(int fd) {
        try {
            int _ = (int) CLOSE.invokeExact(fd);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Makes somebody else the owner of an open pipe, who can then open it again by its path in {@code /proc}. */
    static void giveTo(int fd, int uid) {
        try {
            int _ = (int) FCHOWN.invokeExact(fd, uid, uid);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Waits until one of the descriptors is ready. {@code pollfds} are {@code count} structures of {@link #POLLFD} bytes. */
    static int poll(MemorySegment pollfds, int count, int timeoutMillis) {
        try {
            return (int) POLL.invokeExact(pollfds, (long) count, timeoutMillis);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** A descriptor that becomes readable when the child ends; empty where the kernel has none. */
    static Optional<Integer> endOf(int pid) {
        if (MAC) {
            return Optional.empty();
        }
        try (var arena = Arena.ofConfined()) {
            var errno = arena.allocate(ERRNO);
            long fd = (long) SYSCALL.invokeExact(errno, (long) SYS_PIDFD_OPEN, (long) pid, 0L);
            return fd < 0 ? Optional.empty() : Optional.of((int) fd);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Takes the ended child out of the process table. A child that somebody else has reaped counts as having ended with 255. */
    static Status reap(int pid) {
        try (var arena = Arena.ofConfined()) {
            var status = arena.allocate(INT);
            if ((int) WAITPID.invokeExact(pid, status, WNOHANG) != pid) {
                return new Status(255, 0);
            }
            int bits = status.get(INT, 0);
            int signal = bits & 0x7f;
            return signal == 0 ? new Status((bits >> 8) & 0xff, 0) : new Status(0, signal);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Limits how many files a child may have open. Does nothing where one process cannot limit another. */
    static void limitOpenFiles(int pid, long most) {
        if (PRLIMIT.isEmpty()) {
            return;
        }
        try (var arena = Arena.ofConfined()) {
            var limit = arena.allocate(LONG, 2);
            limit.setAtIndex(LONG, 0, most);
            limit.setAtIndex(LONG, 1, most);
            int _ = (int) PRLIMIT.get().invokeExact(pid, RLIMIT_NOFILE, limit, MemorySegment.NULL);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** What the C library says of an error number. */
    static String describe(int errno) {
        try {
            var text = (MemorySegment) STRERROR.invokeExact(errno);
            return text.reinterpret(1024).getString(0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static MethodHandle function(String name, FunctionDescriptor signature, Linker.Option... options) {
        return optionalFunction(name, signature, options)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no '" + name + "'"));
    }

    static Optional<MethodHandle> optionalFunction(
            String name, FunctionDescriptor signature, Linker.Option... options) {
        return LINKER.defaultLookup().find(name).map(at -> LINKER.downcallHandle(at, signature, options));
    }

    static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(e);
    }

    private Posix() {}
}
