package io.kappa.worker.sandbox;

import static io.kappa.worker.sandbox.Posix.INT;
import static io.kappa.worker.sandbox.Posix.POINTER;
import static io.kappa.worker.sandbox.Posix.function;
import static io.kappa.worker.sandbox.Posix.optionalFunction;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts a program by {@code posix_spawn}: in a session of its own, with nothing of this process but what it is given. Used instead of
 * {@link ProcessBuilder} because that can make no session, costs a thread for each child, and takes twice as long.
 */
final class Spawn {
    static final int NONE = -1;

    private static final short SETSIGDEF = 0x04;
    private static final short SETSIGMASK = 0x08;
    private static final short SETSID = (short) (Posix.MAC ? 0x0400 : 0x80);
    private static final short MAC_CLOEXEC_DEFAULT = 0x4000;
    /** More than any platform's {@code posix_spawnattr_t}, {@code posix_spawn_file_actions_t} and {@code sigset_t} take. */
    private static final int OPAQUE = 1024;

    private static final MethodHandle SPAWN =
            function("posix_spawn", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER));
    private static final MethodHandle ATTR_INIT = onPointer("posix_spawnattr_init");
    private static final MethodHandle ATTR_DESTROY = onPointer("posix_spawnattr_destroy");
    private static final MethodHandle ATTR_FLAGS =
            function("posix_spawnattr_setflags", FunctionDescriptor.of(INT, POINTER, ValueLayout.JAVA_SHORT));
    private static final MethodHandle ATTR_MASK =
            function("posix_spawnattr_setsigmask", FunctionDescriptor.of(INT, POINTER, POINTER));
    private static final MethodHandle ATTR_DEFAULTS =
            function("posix_spawnattr_setsigdefault", FunctionDescriptor.of(INT, POINTER, POINTER));
    private static final MethodHandle ACTIONS_INIT = onPointer("posix_spawn_file_actions_init");
    private static final MethodHandle ACTIONS_DESTROY = onPointer("posix_spawn_file_actions_destroy");
    private static final MethodHandle ADD_OPEN =
            function("posix_spawn_file_actions_addopen", FunctionDescriptor.of(INT, POINTER, INT, POINTER, INT, INT));
    private static final MethodHandle ADD_DUP2 =
            function("posix_spawn_file_actions_adddup2", FunctionDescriptor.of(INT, POINTER, INT, INT));
    private static final MethodHandle ADD_CHDIR =
            function("posix_spawn_file_actions_addchdir_np", FunctionDescriptor.of(INT, POINTER, POINTER));
    private static final MethodHandle ADD_CLOSE =
            function("posix_spawn_file_actions_addclose", FunctionDescriptor.of(INT, POINTER, INT));
    private static final Optional<MethodHandle> ADD_CLOSE_FROM =
            optionalFunction("posix_spawn_file_actions_addclosefrom_np", FunctionDescriptor.of(INT, POINTER, INT));
    private static final MethodHandle FILL_SIGNALS = onPointer("sigfillset");

    /**
     * A program to start.
     *
     * @param arguments the program first: a path, or a name to be found along the {@code PATH} in {@code environment}
     * @param environment all that it gets
     */
    record Command(List<String> arguments, Map<String, String> environment, Path directory) {}

    /**
     * Starts it with both output streams at one descriptor, and empty input.
     *
     * @return the process id, which is also its session's and its process group's
     * @throws IOException where there is no such program, or it cannot be run
     */
    static int start(Command command, int output) throws IOException {
        return start(command, output, NONE);
    }

    /** @param further given to the program as its third descriptor, or {@link #NONE} */
    static int start(Command command, int output, int further) throws IOException {
        var program = locate(command);
        try (var arena = Arena.ofConfined()) {
            var attributes = arena.allocate(OPAQUE, 16);
            var actions = arena.allocate(OPAQUE, 16);
            var signals = arena.allocate(OPAQUE, 16);
            int _ = (int) ATTR_INIT.invokeExact(attributes);
            int _ = (int) ACTIONS_INIT.invokeExact(actions);
            try {
                short flags = (short) (SETSIGDEF | SETSIGMASK | SETSID | (Posix.MAC ? MAC_CLOEXEC_DEFAULT : 0));
                int _ = (int) ATTR_FLAGS.invokeExact(attributes, flags);
                int _ = (int) ATTR_MASK.invokeExact(attributes, signals); // still empty: no signal is blocked
                int _ = (int) FILL_SIGNALS.invokeExact(signals);
                int _ = (int) ATTR_DEFAULTS.invokeExact(attributes, signals);
                int _ = (int) ADD_OPEN.invokeExact(actions, 0, arena.allocateFrom("/dev/null"), 0, 0);
                int _ = (int) ADD_DUP2.invokeExact(actions, output, 1);
                int _ = (int) ADD_DUP2.invokeExact(actions, output, 2);
                if (further != NONE) {
                    int _ = (int) ADD_DUP2.invokeExact(actions, further, 3);
                }
                int _ = (int) ADD_CHDIR.invokeExact(
                        actions, arena.allocateFrom(command.directory().toString()));
                closeTheRest(actions, further == NONE ? 3 : 4);

                var pid = arena.allocate(INT);
                int error = (int) SPAWN.invokeExact(
                        pid,
                        arena.allocateFrom(program),
                        actions,
                        attributes,
                        strings(arena, command.arguments()),
                        strings(arena, assignments(command.environment())));
                if (error != 0) {
                    throw new IOException("cannot start " + program + ": " + Posix.describe(error));
                }
                return pid.get(INT, 0);
            } finally {
                int _ = (int) ATTR_DESTROY.invokeExact(attributes);
                int _ = (int) ACTIONS_DESTROY.invokeExact(actions);
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.unexpected(e);
        }
    }

    /** The JVM's sockets are inherited unless something closes them; on macOS the flag above does. */
    private static void closeTheRest(MemorySegment actions, int first) throws Throwable {
        if (ADD_CLOSE_FROM.isPresent()) {
            int _ = (int) ADD_CLOSE_FROM.get().invokeExact(actions, first);
        } else if (!Posix.MAC) {
            // C libraries without closefrom: what is open now. Closing one that is gone by then does no harm.
            for (var name :
                    Optional.ofNullable(new File("/proc/self/fd").list()).orElseGet(() -> new String[0])) {
                int fd = Integer.parseInt(name);
                if (fd >= first) {
                    int _ = (int) ADD_CLOSE.invokeExact(actions, fd);
                }
            }
        }
    }

    private static String locate(Command command) throws IOException {
        var name = command.arguments().getFirst();
        if (name.contains("/")) {
            return name;
        }
        for (var directory :
                command.environment().getOrDefault("PATH", "/usr/bin:/bin").split(File.pathSeparator)) {
            var candidate = Path.of(directory, name);
            if (Files.isExecutable(candidate)) {
                return candidate.toString();
            }
        }
        throw new IOException("cannot start " + name + ": not found along the path");
    }

    private static List<String> assignments(Map<String, String> environment) {
        return environment.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList();
    }

    private static MemorySegment strings(SegmentAllocator arena, List<String> texts) {
        var array = arena.allocate(POINTER, texts.size() + 1L); // the last stays null
        for (int i = 0; i < texts.size(); i++) {
            array.setAtIndex(POINTER, i, arena.allocateFrom(texts.get(i)));
        }
        return array;
    }

    private static MethodHandle onPointer(String name) {
        return function(name, FunctionDescriptor.of(INT, POINTER));
    }

    private Spawn() {}
}
