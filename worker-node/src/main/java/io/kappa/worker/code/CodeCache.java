package io.kappa.worker.code;

import io.kappa.contracts.registry.CodePackage;
import io.kappa.kit.kafka.ChunkReader;
import io.kappa.kit.kafka.KafkaSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deployment packages and layers on this machine's disk: fetched once, unpacked once, merged once, kept until room is needed. Whoever asks
 * for the same bytes shares one directory; where the room is used up, those go that have been idle longest, and none that is in use.
 */
public final class CodeCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CodeCache.class);
    /** Fetching and unpacking keeps a disk and a core busy each, so more at once would only all be later. */
    private static final int WORKERS = 4;

    private static final int FILLERS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ChunkReader chunks;
    private final CodeDirectory directory;
    private final long maximumBytes;
    private final ExecutorService workers = Executors.newFixedThreadPool(
            WORKERS, Thread.ofPlatform().name("unpacks-code-", 1).daemon().factory());

    /** Apart from the others, which they would keep waiting. */
    private final ExecutorService fillers = Executors.newFixedThreadPool(
            FILLERS, Thread.ofPlatform().name("fills-code-", 1).daemon().factory());

    private final Map<String, Entry> entries = new HashMap<>();
    private long uses;

    /** One package, or several merged. All but {@code ready} is guarded by the cache. */
    private static final class Entry {
        final String sha256;
        final CompletableFuture<Path> ready = new CompletableFuture<>();
        long bytes;
        long lastUse;
        int users;

        Entry(String sha256) {
            this.sha256 = sha256;
        }
    }

    /**
     * Takes up what the directory holds of earlier runs.
     *
     * @param directory of the cache's own
     */
    public CodeCache(KafkaSettings kafka, String topic, Path directory, CodeCacheSettings settings) throws IOException {
        this.chunks = new ChunkReader(kafka, topic, PATIENCE);
        this.directory = CodeDirectory.open(directory);
        this.maximumBytes = settings.maximumMegabytes() * 1024L * 1024;
        for (var present : this.directory.present()) {
            var entry = new Entry(present.sha256());
            entry.bytes = present.bytes();
            entry.lastUse = uses++;
            entry.ready.complete(present.path());
            entries.put(entry.sha256, entry);
        }
        makeRoom();
    }

    /**
     * The package, unpacked: at once where it is there, else after one fetch for everybody who asks meanwhile. Ends with a
     * {@link PackageException} where the package is at fault, and otherwise with what went wrong; the next who asks tries again.
     */
    public CompletionStage<UnpackedCode> unpacked(CodePackage code) {
        return lease(use(code.sha256(), entry -> workers.execute(() -> fetch(entry, code))));
    }

    /**
     * Packages over one another in one directory, the later ones on top: at once where it is there, else after one merge of the packages,
     * each unpacked as by {@link #unpacked}. Ends as that does.
     *
     * @param mountPoints directories that are there besides: paths below the directory
     */
    public CompletionStage<UnpackedCode> merged(List<CodePackage> packages, List<Path> mountPoints) {
        if (packages.size() == 1 && mountPoints.isEmpty()) {
            return unpacked(packages.getFirst());
        }
        var key = PackageMerge.key(packages.stream().map(CodePackage::sha256).toList(), mountPoints);
        return lease(use(key, entry -> mergeWhenUnpacked(entry, packages, mountPoints)));
    }

    /**
     * What is made by something else than this cache: at once where it is there, else once it has been made for everybody who asks
     * meanwhile. Ends with what went wrong; the next who asks tries again.
     *
     * @param sha256 names it among everything else that is here
     */
    public CompletionStage<UnpackedCode> made(String sha256, Filling filling) {
        return lease(use(sha256, entry -> fillers.execute(() -> make(entry, () -> directory.fill(sha256, filling)))));
    }

    private CompletionStage<UnpackedCode> lease(Entry entry) {
        return entry.ready.handle((path, failure) -> {
            if (failure != null) {
                throw failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
            }
            return new Lease(entry, path);
        });
    }

    /** @param make begins to make what is not there, and does not wait for it */
    private Entry use(String key, Consumer<Entry> make) {
        Entry entry;
        synchronized (this) {
            var known = entries.get(key);
            if (known != null) {
                known.users++;
                return known;
            }
            entry = new Entry(key);
            entry.users++;
            entries.put(key, entry);
        }
        make.accept(entry);
        return entry;
    }

    private void fetch(Entry entry, CodePackage code) {
        make(entry, () -> directory.unpack(code.sha256(), zip -> PackageDownload.download(chunks, code, zip)));
    }

    /** Waits on no thread, of which there are few: those packages are unpacked by the same. */
    private void mergeWhenUnpacked(Entry entry, List<CodePackage> packages, List<Path> mountPoints) {
        var parts = packages.stream()
                .map(code -> unpacked(code).toCompletableFuture())
                .toList();
        var _ = CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new)).whenComplete((_, failure) -> {
            var unpacked = parts.stream()
                    .filter(part -> !part.isCompletedExceptionally())
                    .map(CompletableFuture::join)
                    .toList();
            if (failure != null || workers.isShutdown()) {
                unpacked.forEach(UnpackedCode::close);
                fail(entry, failure == null ? new IllegalStateException("closed") : failure);
                return;
            }
            workers.execute(() -> {
                var directories = unpacked.stream().map(UnpackedCode::directory).toList();
                make(entry, () -> directory.merge(entry.sha256, directories, mountPoints));
                unpacked.forEach(UnpackedCode::close);
            });
        });
    }

    /** Fills a directory, which is there and empty, and says how many bytes it then has. May take minutes. */
    @FunctionalInterface
    public interface Filling {
        long into(Path directory) throws IOException;
    }

    /** Brings something to the disk. */
    private interface Making {
        CodeDirectory.Present make() throws IOException;
    }

    private void make(Entry entry, Making making) {
        try {
            var made = making.make();
            synchronized (this) {
                entry.bytes = made.bytes();
            }
            LOG.atInfo()
                    .addKeyValue("sha256", entry.sha256)
                    .addKeyValue("bytes", made.bytes())
                    .log("package unpacked");
            makeRoom(); // before it is ready, so that it is not what has to go
            entry.ready.complete(made.path());
        } catch (IOException | RuntimeException e) {
            fail(entry, e);
        }
    }

    private void fail(Entry entry, Throwable e) {
        synchronized (this) {
            entries.remove(entry.sha256);
        }
        LOG.atWarn().addKeyValue("sha256", entry.sha256).setCause(e).log("package could not be unpacked");
        entry.ready.completeExceptionally(
                switch (e) {
                    case PackageException fault -> fault;
                    case CompletionException ofPart when ofPart.getCause() instanceof PackageException fault -> fault;
                    default -> new IllegalStateException("package " + entry.sha256, e);
                });
    }

    private void giveBack(Entry entry) {
        synchronized (this) {
            entry.users--;
            entry.lastUse = uses++;
        }
        makeRoom();
    }

    /** Removes what has been idle longest until the rest fits. */
    private void makeRoom() {
        for (var victim = leastUsedBeyondRoom(); victim.isPresent(); victim = leastUsedBeyondRoom()) {
            LOG.atInfo().addKeyValue("sha256", victim.get().sha256).log("package removed to make room");
        }
    }

    private synchronized Optional<Entry> leastUsedBeyondRoom() {
        long total = entries.values().stream().mapToLong(entry -> entry.bytes).sum();
        if (total <= maximumBytes || workers.isShutdown()) {
            return Optional.empty();
        }
        var victim = entries.values().stream()
                .filter(entry -> entry.users == 0 && entry.ready.isDone())
                .min(Comparator.comparingLong(entry -> entry.lastUse));
        victim.ifPresent(entry -> {
            entries.remove(entry.sha256);
            var doomed = directory.takeOut(entry.sha256); // under the lock: whoever asks from now on fetches anew
            workers.execute(() -> CodeDirectory.remove(doomed));
        });
        return victim;
    }

    @Override
    public void close() {
        fillers.shutdownNow();
        workers.shutdown();
        try {
            if (!workers.awaitTermination(5, TimeUnit.SECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Lease implements UnpackedCode {
        private final Entry entry;
        private final Path path;
        private final AtomicBoolean closed = new AtomicBoolean();

        Lease(Entry entry, Path path) {
            this.entry = entry;
            this.path = path;
        }

        @Override
        public Path directory() {
            return path;
        }

        @Override
        public void close() {
            if (!closed.getAndSet(true)) {
                giveBack(entry);
            }
        }
    }
}
