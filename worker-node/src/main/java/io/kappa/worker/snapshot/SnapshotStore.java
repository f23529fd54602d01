package io.kappa.worker.snapshot;

import io.kappa.worker.sandbox.SandboxImage;
import io.kappa.worker.sandbox.Sandboxes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The images on disk, each in a directory of its name, bounded in size. Used from any thread; what takes its time is done without the lock. */
final class SnapshotStore {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotStore.class);
    private static final String UNFINISHED = "unfinished-";

    private final Path root;
    private final Sandboxes.Images images;
    private final long mostBytes;
    private final Map<SnapshotName, Kept> kept = new HashMap<>();
    private long uses;
    private long unfinished;

    private record Kept(SandboxImage image, long bytes, long lastUse) {}

    /**
     * Takes over what an earlier run has kept.
     *
     * @param root a directory of the store's own
     */
    SnapshotStore(Path root, Sandboxes.Images images, long mostBytes) throws IOException {
        this.root = Files.createDirectories(root);
        this.images = images;
        this.mostBytes = mostBytes;
        for (var directory : directories()) {
            var name = directory.getFileName().toString();
            if (name.startsWith(UNFINISHED)) {
                SandboxImage.remove(directory);
                continue;
            }
            try {
                var image = images.adopt(directory);
                kept.put(new SnapshotName(name), new Kept(image, size(directory), uses++));
            } catch (IOException e) {
                SandboxImage.remove(directory); // Half of one, from a run that was cut off.
            }
        }
    }

    private List<Path> directories() throws IOException {
        try (var entries = Files.list(root)) {
            return entries.toList();
        }
    }

    /** Where an image is to be made before it is {@linkplain #keep kept}. */
    synchronized Path workplace() {
        return root.resolve(UNFINISHED + ++unfinished);
    }

    /** Keeps an image, and removes others where there are too many. */
    void keep(SnapshotName name, SandboxImage made) throws IOException {
        var directory = root.resolve(name.hash());
        var image = new SandboxImage(directory, made.uid(), made.output(), made.mounts());
        long bytes;
        try {
            bytes = size(made.directory());
            Files.move(made.directory(), directory);
        } catch (IOException e) {
            images.remove(made);
            throw e;
        }
        List<SandboxImage> doomed;
        synchronized (this) {
            kept.put(name, new Kept(image, bytes, uses++));
            doomed = surplus(name);
        }
        doomed.forEach(images::remove);
    }

    private List<SandboxImage> surplus(SnapshotName newest) {
        var doomed = new ArrayList<SandboxImage>();
        var byUse = kept.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(newest))
                .sorted(Comparator.comparingLong(entry -> entry.getValue().lastUse()))
                .toList();
        long bytes = bytes();
        for (var entry : byUse) {
            if (bytes <= mostBytes) {
                break;
            }
            bytes -= entry.getValue().bytes();
            kept.remove(entry.getKey());
            doomed.add(entry.getValue().image());
            LOG.atInfo().addKeyValue("snapshot", entry.getKey().hash()).log("snapshot removed to make room");
        }
        return doomed;
    }

    synchronized Optional<SandboxImage> find(SnapshotName name) {
        var found = kept.computeIfPresent(name, (_, before) -> new Kept(before.image(), before.bytes(), uses++));
        return Optional.ofNullable(found).map(Kept::image);
    }

    synchronized boolean has(SnapshotName name) {
        return kept.containsKey(name);
    }

    /** Removes an image that does not work. */
    void discard(SandboxImage image) {
        boolean was;
        synchronized (this) {
            was = kept.values().removeIf(one -> one.image().equals(image));
        }
        if (was) {
            images.remove(image);
        }
    }

    /** Removes what is of no version any more. */
    void retain(Set<SnapshotName> wanted) {
        var doomed = new ArrayList<SandboxImage>();
        synchronized (this) {
            kept.entrySet().removeIf(entry -> {
                boolean goes = !wanted.contains(entry.getKey());
                if (goes) {
                    doomed.add(entry.getValue().image());
                }
                return goes;
            });
        }
        doomed.forEach(images::remove);
    }

    synchronized int count() {
        return kept.size();
    }

    synchronized long bytes() {
        return kept.values().stream().mapToLong(Kept::bytes).sum();
    }

    private static long size(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> {
                        try {
                            return Files.size(file);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .sum();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
