package io.kappa.runtimes;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Tells the directories that every sandbox shows from those that an interpreter must ask for. */
final class SystemPaths {

    private static final List<String> SHOWN = List.of("usr", "bin", "sbin");

    private SystemPaths() {}

    /**
     * Of some directories those that exist and that a sandbox must be asked to show, without those that lie in
     * another of them.
     */
    static List<Path> outside(Collection<Path> directories) {
        var outside = new ArrayList<Path>();
        directories.stream()
                .map(Path::normalize)
                .filter(directory ->
                        directory.getNameCount() > 0 && !isShown(directory) && Files.isDirectory(directory))
                .sorted()
                .forEach(directory -> {
                    if (outside.stream().noneMatch(directory::startsWith)) {
                        outside.add(directory);
                    }
                });
        return outside;
    }

    private static boolean isShown(Path directory) {
        var first = directory.getName(0).toString();
        return SHOWN.contains(first) || first.startsWith("lib");
    }
}
