package io.kappa.kit.process;

import io.kappa.kit.settings.Settings;
import io.kappa.kit.settings.SettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * What a process is told: {@code KEY=VALUE} arguments, before variables of the environment, before {@code --settings PATH} arguments, of which
 * a later one counts for more. A path is a file of Java properties, or a directory with a file for each setting, as Kubernetes and Docker show
 * secrets.
 */
final class GivenSettings {
    private static final String SETTINGS = "--settings";

    private final Map<String, String> pairs = new HashMap<>();
    private final Map<String, String> read = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    private GivenSettings() {}

    /** @throws SettingsException with every argument that is none, and every path that cannot be read */
    static Settings of(List<String> arguments, Map<String, String> environment) {
        var given = new GivenSettings();
        for (var rest = arguments.iterator(); rest.hasNext(); ) {
            var argument = rest.next();
            if (argument.equals(SETTINGS) && rest.hasNext()) {
                given.read(Path.of(rest.next()));
            } else {
                given.pair(argument);
            }
        }
        if (!given.problems.isEmpty()) {
            throw new SettingsException(given.problems);
        }
        return new Settings(given.pairs, environment, given.read);
    }

    private void pair(String argument) {
        int equals = argument.indexOf('=');
        if (equals < 1 || argument.startsWith("-")) {
            problems.add("argument '" + argument + "' is neither KEY=VALUE nor " + SETTINGS + " PATH");
        } else {
            pairs.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
    }

    private void read(Path path) {
        try {
            if (Files.isDirectory(path)) {
                readDirectory(path);
            } else {
                readProperties(path);
            }
        } catch (NoSuchFileException e) {
            problems.add("there is no '" + path + "', which " + SETTINGS + " names");
        } catch (IOException | IllegalArgumentException e) {
            problems.add("settings cannot be read from '" + path + "': " + Explanation.of(e));
        }
    }

    private void readProperties(Path file) throws IOException {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        properties.stringPropertyNames().forEach(key -> read.put(key, properties.getProperty(key)));
    }

    /** Files that begin with a dot are left out: Kubernetes keeps its own there. A line's end at the end is no part of the value. */
    private void readDirectory(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(directory)) {
            files = entries.filter(Files::isRegularFile).toList();
        }
        for (var file : files) {
            var key = String.valueOf(file.getFileName());
            if (!key.startsWith(".")) {
                read.put(key, Files.readString(file, StandardCharsets.UTF_8).stripTrailing());
            }
        }
    }
}
