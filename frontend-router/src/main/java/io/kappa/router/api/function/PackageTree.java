package io.kappa.router.api.function;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a package would be once it is unpacked, so that one that no worker could unpack is refused when it comes. */
final class PackageTree {
    /** Bytes of a name, of which a path has several: what file systems take. */
    private static final int LONGEST_NAME = 255;

    private static final int LONGEST_PATH = 3500;

    /** As many as an operating system follows before it takes them for a circle. */
    private static final int MOST_FOLLOWED = 40;

    /** Characters of all paths together, those of directories that have no entry included: what keeping them may cost. */
    private static final long MOST_TEXT = 64_000_000;

    /** Names that are looked at to follow all links: what that may cost. */
    private static final int MOST_STEPS = 2_000_000;

    private enum Kind {
        FILE,
        DIRECTORY,
        LINK
    }

    private final Map<String, Kind> kinds = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();
    private long text;
    private int steps;

    /** False where something else has its name, or it could not be written. A file may come again: the last one counts. */
    boolean addFile(Path path) {
        return add(path, Kind.FILE);
    }

    boolean addDirectory(Path path) {
        return add(path, Kind.DIRECTORY);
    }

    /** @param target as the link has it, which is not absolute */
    boolean addLink(Path path, String target) {
        var name = path.normalize().toString();
        return !kinds.containsKey(name) && add(path, Kind.LINK) && links.put(name, target) == null;
    }

    private boolean add(Path path, Kind kind) {
        var normal = path.normalize();
        var name = normal.toString();
        if (name.isEmpty()) {
            return kind == Kind.DIRECTORY;
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
            return false;
        }
        var before = kinds.putIfAbsent(name, kind);
        if (before != null) {
            return before == kind;
        }
        text += name.length();
        return text <= MOST_TEXT
                && Objects.requireNonNull(normal.getFileName()).toString().getBytes(StandardCharsets.UTF_8).length
                        <= LONGEST_NAME
                && (normal.getParent() == null || add(normal.getParent(), Kind.DIRECTORY));
    }

    /** Whether a link leads out of the package, be it through others, or it would take too long to tell. */
    boolean leadsOut() {
        return links.keySet().stream().anyMatch(this::leadsOut);
    }

    private boolean leadsOut(String link) {
        Deque<String> ahead = new ArrayDeque<>(names(link));
        List<String> here = new ArrayList<>();
        int followed = 0;
        while (!ahead.isEmpty()) {
            var name = ahead.pop();
            if (++steps > MOST_STEPS) {
                return true;
            }
            if (name.equals("..")) {
                if (here.isEmpty()) {
                    return true;
                }
                here.removeLast();
                continue;
            }
            here.add(name);
            var target = links.get(String.join("/", here));
            if (target != null) {
                if (++followed > MOST_FOLLOWED) {
                    return false; // A circle, which leads nowhere.
                }
                here.removeLast();
                names(target).reversed().forEach(ahead::push);
            }
        }
        return false;
    }

    private static List<String> names(String path) {
        return List.of(path.split("/")).stream()
                .filter(name -> !name.isEmpty() && !name.equals("."))
                .toList();
    }
}
