package io.kappa.runtimes;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Executables that may be an interpreter, those on the {@code PATH} first. Each is named once, however many links
 * lead to it.
 */
final class Candidates {

    private static final List<Path> ALWAYS = List.of(Path.of("/usr/local/bin"), Path.of("/usr/bin"));

    private final Map<Path, Path> byRealPath = new LinkedHashMap<>();

    private Candidates() {}

    static List<Path> of(Language.Places places) {
        var candidates = new Candidates();
        for (var directory : onPath()) {
            candidates.add(directory.resolve(places.command()), true);
        }
        for (var name : places.versioned()) {
            // Scripts of a version manager that are named for a version lead to what is found below as well, but cost
            // much longer to ask.
            onPath().forEach(directory -> candidates.add(directory.resolve(name), false));
        }
        for (var pattern : places.directories()) {
            expand(pattern).forEach(directory -> candidates.add(directory.resolve(places.command()), true));
        }
        return List.copyOf(candidates.byRealPath.values());
    }

    private static Collection<Path> onPath() {
        var path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(
                        Arrays.stream(path.split(File.pathSeparator))
                                .filter(part -> part.startsWith("/"))
                                .map(Path::of),
                        ALWAYS.stream())
                .distinct()
                .toList();
    }

    private void add(Path executable, boolean orScript) {
        try {
            if (Files.isExecutable(executable)
                    && Files.isRegularFile(executable)
                    && (orScript || !isScript(executable))) {
                byRealPath.putIfAbsent(executable.toRealPath(), executable);
            }
        } catch (IOException _) {
            // Gone or not readable: no candidate.
        }
    }

    private static boolean isScript(Path executable) throws IOException {
        try (var bytes = Files.newInputStream(executable)) {
            return bytes.read() == '#' && bytes.read() == '!';
        }
    }

    /** The directories that a pattern stands for; later versions, roughly, first. */
    private static List<Path> expand(String pattern) {
        var home = System.getProperty("user.home", "/");
        var found = List.of(Path.of("/"));
        for (var part : pattern.replaceFirst("^~", home).split("/")) {
            if (!part.isEmpty()) {
                found = found.stream()
                        .flatMap(directory -> matches(directory, part).stream())
                        .toList();
            }
        }
        return found;
    }

    private static List<Path> matches(Path directory, String part) {
        if (!part.contains("*")) {
            var path = directory.resolve(part);
            return Files.isDirectory(path) ? List.of(path) : List.of();
        }
        var matches = new ArrayList<Path>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, part)) {
            stream.forEach(matches::add);
        } catch (IOException | DirectoryIteratorException _) {
            return List.of();
        }
        matches.sort(Comparator.reverseOrder());
        return matches;
    }
}
