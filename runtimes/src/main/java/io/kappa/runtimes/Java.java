package io.kappa.runtimes;

import io.kappa.contracts.function.RuntimeFamily;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** Java, with the client that AWS publishes: functions in Java lean on how it reads and writes their types. */
final class Java implements Language {

    /**
     * The jar that the virtual machine is started with; made when the clients are unpacked, since it has a manifest
     * and nothing else.
     */
    static final String LAUNCHER = "java/lib/launcher.jar";

    /** The same for virtual machines that can run Kappa's own classes, which are in it. */
    static final String OWN_LAUNCHER = "java/lib/kappa-launcher.jar";

    /** The first version that can. */
    private static final int OLDEST_WITH_OWN_LAUNCHER = 25;

    /** The first version that warns of foreign functions that nobody has allowed. */
    private static final int OLDEST_THAT_WARNS = 24;

    private static final String CLIENT_MAIN = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";
    private static final String OWN_PACKAGE = "io/kappa/runtimes/launcher/";
    private static final String OWN_MAIN = (OWN_PACKAGE + "Launcher").replace('/', '.');

    /** What {@code OwnProcess} changes. */
    private static final List<String> OPENED =
            List.of("java.base/java.io", "java.base/java.lang", "java.base/sun.nio.fs");

    private static final List<String> OWN_CLASSES = List.of(
            "Launcher",
            "Assignment",
            "OwnProcess",
            "Question",
            "Question$Answer",
            "Rehearsal",
            "Rehearsal$Step",
            "RestorableClient",
            "RestorableFunction");

    private static final List<String> LIBRARIES = List.of(
            "aws-lambda-java-runtime-interface-client.jar",
            "aws-lambda-java-core.jar",
            "aws-lambda-java-serialization.jar",
            "utils-lite.jar");
    private static final String JNI_LIBRARY = "java/jni/libaws-lambda-jni.%s-%s.so";

    /** Detail: which build of which version it is. */
    static final String BUILD = "build";

    private static final String JNI = "jni";

    private final JavaArchives archives;

    /** @param clients the unpacked clients */
    Java(Path clients) {
        this.archives = new JavaArchives(clients, this);
    }

    /** The client's files, as paths below the package's resources. */
    static List<String> client() {
        var files = new ArrayList<String>();
        LIBRARIES.forEach(library -> files.add("java/lib/" + library));
        for (var libc : List.of("linux", "linux_musl")) {
            for (var architecture : List.of("x86_64", "aarch_64")) {
                files.add(JNI_LIBRARY.formatted(libc, architecture));
            }
        }
        return files;
    }

    /**
     * Its manifest lets the client load its library without a warning, which the option for that would do at the cost
     * of class data sharing.
     */
    static byte[] launcher() throws IOException {
        return jar(manifest(CLIENT_MAIN), Map.of());
    }

    /** Opens what {@code OwnProcess} changes. */
    static byte[] ownLauncher() throws IOException {
        var manifest = manifest(OWN_MAIN);
        manifest.getMainAttributes().putValue("Add-Opens", String.join(" ", OPENED));
        var classes = new TreeMap<String, byte[]>();
        for (var name : OWN_CLASSES) {
            var file = OWN_PACKAGE + name + ".class";
            try (var resource = Java.class.getResourceAsStream("/" + file)) {
                if (resource == null) {
                    throw new FileNotFoundException("this build lacks " + file);
                }
                classes.put(file, resource.readAllBytes());
            }
        }
        return jar(manifest, classes);
    }

    private static Manifest manifest(String mainClass) {
        var manifest = new Manifest();
        var attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, mainClass);
        attributes.put(Attributes.Name.CLASS_PATH, String.join(" ", LIBRARIES));
        attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
        return manifest;
    }

    private static byte[] jar(Manifest manifest, Map<String, byte[]> classes) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var jar = new JarOutputStream(bytes)) {
            put(jar, JarFile.MANIFEST_NAME);
            manifest.write(jar);
            jar.closeEntry();
            for (var file : classes.entrySet()) {
                put(jar, file.getKey());
                jar.write(file.getValue());
                jar.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static void put(JarOutputStream jar, String name) throws IOException {
        var entry = new ZipEntry(name);
        entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0)); // So that the same build gives the same bytes.
        jar.putNextEntry(entry);
    }

    @Override
    public RuntimeFamily family() {
        return RuntimeFamily.JAVA;
    }

    @Override
    public String label() {
        return "java";
    }

    @Override
    public InterpreterVersion oldest() {
        return new InterpreterVersion(8, 0, 0);
    }

    @Override
    public Places places() {
        return new Places(
                "java",
                List.of(),
                List.of(
                        "/usr/lib/jvm/*/bin",
                        "~/.sdkman/candidates/java/*/bin",
                        "~/.asdf/installs/java/*/bin",
                        "~/.local/share/mise/installs/java/*/bin",
                        "/opt/java/*/bin",
                        System.getProperty("java.home") + "/bin"));
    }

    /** Reads what a Java home says of itself, which is two hundred times as fast as asking its virtual machine. */
    @Override
    public Optional<Interpreter> examine(Path candidate) throws IOException {
        var home = candidate.toRealPath().resolve("../..").normalize();
        if (!Files.isRegularFile(home.resolve("release"))) {
            home = homeOf(candidate).orElse(home);
        }
        var executable = home.resolve("bin/java");
        if (!Files.isRegularFile(home.resolve("release")) || !Files.isExecutable(executable)) {
            return Optional.empty();
        }
        var release = new Properties();
        try (var reader = Files.newBufferedReader(home.resolve("release"))) {
            release.load(reader);
        }
        var version = said(release, "JAVA_VERSION").replaceFirst("^1\\.", "");
        var needed = hostPaths(home);
        var build = home + " " + said(release, "JAVA_RUNTIME_VERSION") + " " + said(release, "JAVA_VERSION");
        var details = Map.of(BUILD, build, JNI, jniLibrary(release));
        return InterpreterVersion.in(version).map(known -> new Interpreter(executable, known, needed, details));
    }

    /** For commands that are scripts of a version manager. */
    private static Optional<Path> homeOf(Path candidate) throws IOException {
        return Question.ask(candidate, "-XshowSettings:properties", "-version").stream()
                .map(String::strip)
                .filter(line -> line.startsWith("java.home = "))
                .map(line -> Path.of(line.substring("java.home = ".length())))
                .findFirst();
    }

    private static String said(Properties release, String name) {
        return release.getProperty(name, "").replace("\"", "");
    }

    private static String jniLibrary(Properties release) {
        var libc = said(release, "LIBC").equals("musl") ? "linux_musl" : "linux";
        var architecture = said(release, "OS_ARCH").equals("aarch64") ? "aarch_64" : "x86_64";
        return JNI_LIBRARY.formatted(libc, architecture);
    }

    /**
     * The home itself, and where distributions keep the files that it only links to: certificates, security
     * properties.
     */
    private static List<Path> hostPaths(Path home) throws IOException {
        Set<Path> needed = new LinkedHashSet<>(List.of(home));
        for (var directory : List.of(home.resolve("conf"), home.resolve("lib/security"))) {
            if (Files.isDirectory(directory)) {
                try (var files = Files.walk(directory)) {
                    for (var file : files.filter(Files::isSymbolicLink)
                            .filter(Files::exists)
                            .toList()) {
                        needed.add(file.toRealPath().resolve("..").normalize());
                    }
                }
            }
        }
        return SystemPaths.outside(needed);
    }

    /** As on Lambda: one garbage collector without threads, one compiler, and a heap that leaves room for the rest. */
    @Override
    public InstalledRuntime.Start start(Interpreter interpreter, Roots at, int memoryMegabytes) {
        // Made for another class path, so that it would be found not to fit.
        var sharing = at.layers().equals(Roots.LAYERS)
                ? archives.find(interpreter, at.runtime()).map("-XX:SharedArchiveFile="::concat)
                : Optional.<String>empty();
        return start(interpreter, at, memoryMegabytes, sharing.stream().toList());
    }

    InstalledRuntime.Start start(Interpreter interpreter, Roots at, int memoryMegabytes, List<String> furtherOptions) {
        int version = interpreter.version().major();
        var command = new ArrayList<String>();
        command.add(interpreter.executable().toString());
        command.add("-XX:+UseSerialGC");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-XX:-UsePerfData"); // Would be a file in the function's /tmp.
        command.add("-Xshare:auto");
        command.add("-XX:MaxHeapSize=" + memoryMegabytes * 85L * 1024 / 100 + "k");
        command.add("-Djava.net.preferIPv4Stack=true");
        // Else the client unpacks it to one fixed name in /tmp, where environments without a /tmp of their own would
        // meet.
        command.add("-Dcom.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI=" + at.runtime()
                + "/" + interpreter.detail(JNI));
        if (version >= 24) {
            command.add("--sun-misc-unsafe-memory-access=allow"); // The client warns of itself otherwise.
        }
        command.addAll(furtherOptions);
        boolean own = version >= OLDEST_WITH_OWN_LAUNCHER;
        var launcher = at.runtime() + "/" + (own ? OWN_LAUNCHER : LAUNCHER);
        if (at.layers().equals(Roots.LAYERS)) {
            command.addAll(List.of("-jar", launcher));
        } else {
            command.addAll(besideLayers(launcher, own, version, at.layers()));
        }
        if (!own) { // Which reads the handler's name from the environment.
            command.add(at.handler());
        }
        return new InstalledRuntime.Start(command, at.variables());
    }

    /**
     * The client looks for layers at {@code /opt} and nowhere else. Where they are elsewhere, they stand on the class path beside it, and
     * the options are given that the launcher's manifest has for {@code -jar} alone.
     */
    private static List<String> besideLayers(String launcher, boolean own, int version, String layers) {
        var command = new ArrayList<String>();
        if (version >= OLDEST_THAT_WARNS) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        if (own) {
            OPENED.forEach(opened -> command.add("--add-opens=" + opened + "=ALL-UNNAMED"));
        }
        command.addAll(List.of("-cp", launcher + ":" + layers + "/java/lib/*", own ? OWN_MAIN : CLIENT_MAIN));
        return command;
    }

    @Override
    public boolean parks(Interpreter interpreter) {
        return interpreter.version().major() >= OLDEST_WITH_OWN_LAUNCHER;
    }

    @Override
    public boolean restores(Interpreter interpreter) {
        return interpreter.version().major() >= OLDEST_WITH_OWN_LAUNCHER;
    }

    @Override
    public boolean actsAtStart(String variable) {
        return variable.equals("JAVA_TOOL_OPTIONS")
                || variable.equals("JDK_JAVA_OPTIONS")
                || variable.equals("_JAVA_OPTIONS");
    }
}
