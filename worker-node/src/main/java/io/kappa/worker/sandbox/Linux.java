package io.kappa.worker.sandbox;

import static io.kappa.worker.sandbox.Posix.INT;
import static io.kappa.worker.sandbox.Posix.LONG;
import static io.kappa.worker.sandbox.Posix.POINTER;
import static io.kappa.worker.sandbox.Posix.function;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** System calls for mounting, which only Linux has and only a privileged user may use. */
final class Linux {
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;

    static final long MS_RDONLY = 1;
    static final long MS_NOSUID = 2;
    static final long MS_NODEV = 4;
    static final long MS_REMOUNT = 32;
    static final long MS_NOATIME = 1024;
    static final long MS_BIND = 4096;
    static final long MS_REC = 16384;
    static final long MS_SLAVE = 1 << 19;
    static final long MS_SHARED = 1 << 20;

    private static final int CLONE_NEWNS = 0x20000;
    private static final int O_CLOEXEC = 0x80000;
    private static final int MNT_DETACH = 2;
    private static final int EFD_NONBLOCK = 0x800;

    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    private static final MemoryLayout ERRNO = Linker.Option.captureStateLayout();
    private static final long ERRNO_AT = ERRNO.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle OPEN =
            function("open", FunctionDescriptor.of(INT, POINTER, INT, INT), CAPTURE, Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL = function(
            "ioctl", FunctionDescriptor.of(INT, INT, LONG, POINTER), CAPTURE, Linker.Option.firstVariadicArg(2));
    private static final MethodHandle UNSHARE = function("unshare", FunctionDescriptor.of(INT, INT), CAPTURE);
    private static final MethodHandle MOUNT =
            function("mount", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, LONG, POINTER), CAPTURE);
    private static final MethodHandle UMOUNT = function("umount2", FunctionDescriptor.of(INT, POINTER, INT), CAPTURE);
    private static final MethodHandle LSEEK = function("lseek", FunctionDescriptor.of(LONG, INT, LONG, INT));
    private static final MethodHandle EVENTFD = function("eventfd", FunctionDescriptor.of(INT, INT, INT), CAPTURE);

    private interface Call {
        int invoke(MemorySegment errno, Arena arena) throws Throwable;
    }

    /** Gives the calling thread a mount namespace of its own. */
    static void unshareMounts() throws IOException {
        checked("a mount namespace of its own", (errno, _) -> (int) UNSHARE.invokeExact(errno, CLONE_NEWNS));
    }

    static void mount(String source, Path target, @Nullable String type, long flags, @Nullable String options)
            throws IOException {
        checked("mounting " + source + " at " + target, (errno, arena) -> (int) MOUNT.invokeExact(
                errno,
                arena.allocateFrom(source),
                arena.allocateFrom(target.toString()),
                text(arena, type),
                flags,
                text(arena, options)));
    }

    /** At once for new users; in full when the last of the present ones has gone. */
    static void unmount(Path target) throws IOException {
        checked("unmounting " + target, (errno, arena) ->
                (int) UMOUNT.invokeExact(errno, arena.allocateFrom(target.toString()), MNT_DETACH));
    }

    static int open(Path file, int flags) throws IOException {
        return checked("opening " + file, (errno, arena) ->
                (int) OPEN.invokeExact(errno, arena.allocateFrom(file.toString()), flags | O_CLOEXEC, 0));
    }

    static int control(int fd, long request, MemorySegment argument) throws IOException {
        return checked("device request " + Long.toHexString(request), (errno, _) ->
                (int) IOCTL.invokeExact(errno, fd, request, argument));
    }

    /** A counter that the kernel can add to, and that is read without blocking. */
    static int eventCounter() throws IOException {
        return checked("an event counter", (errno, _) -> (int) EVENTFD.invokeExact(errno, 0, EFD_NONBLOCK | O_CLOEXEC));
    }

    /** Next place in a sparse file that holds data ({@code whence} 3) or none (4); negative behind the last. */
    static long seek(int fd, long from, int whence) {
        try {
            return (long) LSEEK.invokeExact(fd, from, whence);
        } catch (Throwable e) {
            throw Posix.unexpected(e);
        }
    }

    private static int checked(String what, Call call) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var errno = arena.allocate(ERRNO);
            int result = call.invoke(errno, arena);
            if (result < 0) {
                throw new IOException(what + " failed: " + Posix.describe(errno.get(INT, ERRNO_AT)));
            }
            return result;
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.unexpected(e);
        }
    }

    private static MemorySegment text(Arena arena, @Nullable String text) {
        return text == null ? MemorySegment.NULL : arena.allocateFrom(text);
    }

    private Linux() {}
}
