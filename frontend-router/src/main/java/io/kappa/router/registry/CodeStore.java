package io.kappa.router.registry;

import io.kappa.contracts.layer.FunctionLayer;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.LayerVersionRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.ChunkReader;
import io.kappa.kit.kafka.KafkaSettings;
import java.io.IOException;
import java.nio.channels.Channels;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Deployment packages in {@code registry.code}: writes and reads them in chunks. Blocks. */
final class CodeStore {
    private static final Duration CHUNK_PATIENCE = Duration.ofSeconds(10);

    /** Packages written at a time. Others wait, because the producer's memory is bounded. */
    private static final int UPLOADS_AT_A_TIME = 4;

    private final Producer<String, byte[]> producer;
    private final String topic;
    private final CommandClient commands;
    private final RegistryView view;
    private final ChunkReader reader;
    private final Semaphore room = new Semaphore(UPLOADS_AT_A_TIME);

    CodeStore(Producer<String, byte[]> producer, KafkaSettings kafka, CommandClient commands, RegistryView view) {
        this.producer = producer;
        this.topic = Topic.REGISTRY_CODE.name(kafka.topicPrefix());
        this.commands = commands;
        this.view = view;
        this.reader = new ChunkReader(kafka, topic, CHUNK_PATIENCE);
    }

    /** The package as it is stored already for the account, or else as it is stored now. */
    CodePackage store(String account, PackageBytes zip) throws IOException, InterruptedException, ExecutionException {
        var sha256 = zip.sha256();
        var stored = storedAlready(account, sha256);
        if (stored.isPresent()) {
            return stored.get();
        }
        return write(account, sha256, zip.size(), sink -> inChunks(zip, sink));
    }

    private static void inChunks(PackageBytes zip, Consumer<byte[]> sink) throws IOException {
        try (var bytes = Channels.newInputStream(zip.open())) {
            for (var chunk = bytes.readNBytes(CodePackage.CHUNK_BYTES);
                    chunk.length > 0;
                    chunk = bytes.readNBytes(CodePackage.CHUNK_BYTES)) {
                sink.accept(chunk);
            }
        }
    }

    /** The package as it is stored already for the account, or else copied from where it is. */
    CodePackage copy(CodePackage code, String account) throws IOException, InterruptedException, ExecutionException {
        var stored = storedAlready(account, code.sha256());
        if (stored.isPresent()) {
            return stored.get();
        }
        return write(account, code.sha256(), code.size(), sink -> fetch(code, sink));
    }

    private Optional<CodePackage> storedAlready(String account, String sha256) {
        var ofFunctions = view.functions().stream()
                .filter(function -> function.function().function().account().equals(account))
                .flatMap(function -> function.versions().values().stream())
                .map(VersionRecord::requested)
                .flatMap(CodeStore::packages);
        var ofLayers = view.layerVersions().stream()
                .filter(layer -> layer.version().layer().account().equals(account))
                .map(LayerVersionRecord::code);
        return Stream.concat(ofFunctions, ofLayers)
                .filter(code -> code.sha256().equals(sha256))
                .findFirst();
    }

    private static Stream<CodePackage> packages(Deployment deployment) {
        return Stream.concat(
                Stream.of(deployment.code())
                        .filter(CodePackage.class::isInstance)
                        .map(CodePackage.class::cast),
                deployment.configuration().layers().stream().map(FunctionLayer::code));
    }

    /** The chunks of a package, each handed over as it comes. */
    @FunctionalInterface
    private interface Chunks {
        void to(Consumer<byte[]> sink) throws IOException;
    }

    private CodePackage write(String account, String sha256, long size, Chunks source)
            throws IOException, InterruptedException, ExecutionException {
        room.acquire();
        try {
            var uploadId = UUID.randomUUID().toString();
            int chunks = Math.toIntExact(Math.ceilDiv(size, CodePackage.CHUNK_BYTES));
            int partition = Destination.partition(
                    sha256 + "/" + uploadId, producer.partitionsFor(topic).size());
            // First, so that the chunks are deleted should this router die before anything uses them.
            commands.announce(new Upload(account, sha256, uploadId, partition, chunks));
            var written = new ArrayList<Future<RecordMetadata>>();
            source.to(chunk -> written.add(producer.send(new ProducerRecord<>(
                    topic, partition, CodePackage.chunkKey(sha256, uploadId, written.size()), chunk))));
            var offsets = new ArrayList<Long>();
            for (var chunk : written) {
                offsets.add(chunk.get().offset());
            }
            return new CodePackage(sha256, uploadId, size, partition, offsets);
        } finally {
            room.release();
        }
    }

    /**
     * Hands over the chunks, the last one only once all together have proven to be what was stored.
     *
     * @throws IllegalStateException where they have not
     */
    void fetch(CodePackage code, Consumer<byte[]> sink) {
        var digest = sha256();
        var held = new ArrayDeque<byte[]>(1);
        reader.read(code.partition(), code.offsets(), chunk -> {
            digest.update(chunk);
            if (!held.isEmpty()) {
                sink.accept(held.remove());
            }
            held.add(chunk);
        });
        if (!HexFormat.of().formatHex(digest.digest()).equals(code.sha256())) {
            throw new IllegalStateException("the stored package does not have the hash " + code.sha256());
        }
        held.forEach(sink);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
