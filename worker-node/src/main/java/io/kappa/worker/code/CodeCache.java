package io.kappa.worker.code;

import io.kappa.contracts.registry.CodePackage;
import io.kappa.kit.kafka.ChunkReader;
import io.kappa.kit.kafka.KafkaSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deployment packages on this machine's disk: fetched once, unpacked once, kept until room is needed. Whoever asks for the same bytes
 * shares one directory; where the room is used up, those go that have been idle longest, and none that is in use.
 */
public final class CodeCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CodeCache.class);
    /** Fetching and unpacking keeps a disk and a core busy each, so more at once would only all be later. */
    private static final int WORKERS = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ChunkReader chunks;
    private final CodeDirectory directory;
    private final long maximumBytes;
    private final ExecutorService workers = Executors.newFixedThreadPool(
            WORKERS, Thread.ofPlatform().name("unpacks-code-", 1).daemon().factory());

    private final Map<String, Entry> entries = new HashMap<>();
    private long uses;

    /** One package. All but {@code ready} is guarded by the cache. */
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
        var entry = use(code);
        return entry.ready.handle((path, failure) -> {
            if (failure != null) {
                throw failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
            }
            return new Lease(entry, path);
        });
    }

    private synchronized Entry use(CodePackage code) {
        var known = entries.get(code.sha256());
        var entry = known != null ? known : new Entry(code.sha256());
        entry.users++;
        if (known == null) {
            entries.put(code.sha256(), entry);
            workers.execute(() -> fetch(entry, code));
        }
        return entry;
    }

    private void fetch(Entry entry, CodePackage code) {
        try {
            var unpacked = directory.unpack(code.sha256(), zip -> PackageDownload.download(chunks, code, zip));
            synchronized (this) {
                entry.bytes = unpacked.bytes();
            }
            LOG.atInfo()
                    .addKeyValue("sha256", code.sha256())
                    .addKeyValue("bytes", unpacked.bytes())
                    .log("package unpacked");
            makeRoom(); // before it is ready, so that it is not what has to go
            entry.ready.complete(unpacked.path());
        } catch (IOException | RuntimeException e) {
            synchronized (this) {
                entries.remove(code.sha256());
            }
            LOG.atWarn().addKeyValue("sha256", code.sha256()).setCause(e).log("package could not be unpacked");
            entry.ready.completeExceptionally(
                    e instanceof PackageException ? e : new IllegalStateException("package " + code.sha256(), e));
        }
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
