package io.kappa.runtimes.launcher;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * This process's variables and working directory, which Java reads once and has no door to change: what the C library has, for children
 * and relative paths, and what Java has remembered of it, for {@code System.getenv} and absolute paths. Everything is looked up in
 * advance, so that a Java which has it elsewhere is found out before a function is assigned.
 */
final class OwnProcess {
    private static final String LIBRARIES = "LD_LIBRARY_PATH";

    private final MethodHandle chdir;
    private final MethodHandle setenv;
    private final MethodHandle unsetenv;

    private final Map<Object, Object> environment;
    private final Method variable;
    private final Method value;

    private final Object files = fileSystem();
    private final Field userDirectory = field(files.getClass(), "userDir");
    private final Field defaultDirectory;
    private final Field resolves;

    @SuppressWarnings("unchecked") // As java.lang.ProcessEnvironment declares it.
    OwnProcess() throws ReflectiveOperationException {
        chdir = function("chdir", ValueLayout.ADDRESS);
        setenv = function("setenv", ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
        unsetenv = function("unsetenv", ValueLayout.ADDRESS);

        var remembered = Class.forName("java.lang.ProcessEnvironment");
        environment = (Map<Object, Object>) field(remembered, "theEnvironment").get(null);
        variable = maker("java.lang.ProcessEnvironment$Variable");
        value = maker("java.lang.ProcessEnvironment$Value");

        var paths = FileSystems.getDefault().getClass().getSuperclass();
        defaultDirectory = field(paths, "defaultDirectory");
        resolves = field(paths, "needToResolveAgainstDefaultDirectory");
    }

    @SuppressWarnings("restricted") // Linked by their documented signatures.
    private static MethodHandle function(String name, MemoryLayout... parameters) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters));
    }

    private static Object fileSystem() throws ReflectiveOperationException {
        return field(File.class, "FS").get(null);
    }

    private static Field field(Class<?> type, String name) throws ReflectiveOperationException {
        var field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    private static Method maker(String type) throws ReflectiveOperationException {
        var method = Class.forName(type).getDeclaredMethod("valueOf", String.class);
        method.setAccessible(true);
        return method;
    }

    /** Gives this process some variables that are new or have other values. */
    void change(Map<String, String> changed) {
        var variables = new LinkedHashMap<>(System.getenv());
        variables.putAll(changed);
        try {
            become(variables);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("variables cannot be changed", e);
        }
    }

    /** Makes of this process what it would be had it been started with these variables, in the directory of that function. */
    void become(Map<String, String> assigned) throws Throwable {
        var variables = new LinkedHashMap<>(assigned); // Which may be the very map that changes.
        tellLibraryPath(System.getenv().getOrDefault(LIBRARIES, ""), variables.getOrDefault(LIBRARIES, ""));
        try (var arena = Arena.ofConfined()) {
            for (var name : List.copyOf(System.getenv().keySet())) {
                int _ = (int) unsetenv.invokeExact(arena.allocateFrom(name));
            }
            environment.clear();
            for (var entry : variables.entrySet()) {
                int _ = (int)
                        setenv.invokeExact(arena.allocateFrom(entry.getKey()), arena.allocateFrom(entry.getValue()), 1);
                environment.put(variable.invoke(null, entry.getKey()), value.invoke(null, entry.getValue()));
            }
            moveTo(variables.getOrDefault("LAMBDA_TASK_ROOT", System.getProperty("user.dir")), arena);
        }
    }

    /** Java shows with its property where the dynamic linker looks. Both keep looking where they did, which leads to the same. */
    private static void tellLibraryPath(String before, String now) {
        var property = System.getProperty("java.library.path", "");
        if (!before.isEmpty() && property.startsWith(before)) {
            System.setProperty("java.library.path", now + property.substring(before.length()));
        }
    }

    private void moveTo(String directory, Arena arena) throws Throwable {
        MemorySegment path = arena.allocateFrom(directory);
        if ((int) chdir.invokeExact(path) != 0) {
            throw new IllegalStateException("there is no " + directory);
        }
        System.setProperty("user.dir", directory);
        userDirectory.set(files, directory);
        defaultDirectory.set(FileSystems.getDefault(), directory.getBytes(StandardCharsets.UTF_8));
        resolves.set(FileSystems.getDefault(), false);
    }
}
