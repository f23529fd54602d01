package io.kappa.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The source tree that this module is part of. */
final class Repository {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    static final Path CHART = ROOT.resolve("deploy/helm/kappa");
    static final List<String> SERVICES = List.of(
            "frontend-router", "async-queue-service", "event-source-mapper", "dead-letter-service", "worker-node");

    private static final Pattern SETTING = Pattern.compile("(?m)^\\| `([a-z][A-Za-z.*-]+)` \\|");
    private static final Pattern METER = Pattern.compile("\"(kappa\\.[a-z.]+)\"");

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> files(Path directory, String suffix) {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(path -> path.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keys of {@code docs/configuration.md}, which another test holds against the code; some end in {@code *}. */
    static Set<String> settings() {
        return SETTING.matcher(read(ROOT.resolve("docs/configuration.md")))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static boolean isSetting(String key) {
        return settings().stream()
                .anyMatch(known -> known.endsWith("*")
                        ? key.startsWith(known.substring(0, known.length() - 1))
                        : known.equals(key));
    }

    /** Names of meters that services register, as Prometheus begins them: a unit, {@code _total}, {@code _count} and the like may follow. */
    static Set<String> meters() {
        var found = new TreeSet<String>();
        for (var service : SERVICES) {
            for (var source : files(ROOT.resolve(service).resolve("src/main/java"), ".java")) {
                METER.matcher(read(source))
                        .results()
                        .forEach(match -> found.add(match.group(1).replace('.', '_')));
            }
        }
        return found;
    }

    private Repository() {}
}
