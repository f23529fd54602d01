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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Deployment packages in {@code registry.code}: writes and reads them in chunks. Blocks. */
final class CodeStore {
    private static final Duration CHUNK_PATIENCE = Duration.ofSeconds(10);

    /** Packages written at a time. Others wait: each may be 50 MB, and the producer's memory is bounded. */
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
    CodePackage store(String account, byte[] zip) throws InterruptedException, ExecutionException {
        var sha256 = sha256(zip);
        var stored = storedAlready(account, sha256);
        if (stored.isPresent()) {
            return stored.get();
        }
        room.acquire();
        try {
            return write(account, zip, sha256);
        } finally {
            room.release();
        }
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

    private CodePackage write(String account, byte[] zip, String sha256)
            throws InterruptedException, ExecutionException {
        var uploadId = UUID.randomUUID().toString();
        int chunks = Math.ceilDiv(zip.length, CodePackage.CHUNK_BYTES);
        int partition = Destination.partition(
                sha256 + "/" + uploadId, producer.partitionsFor(topic).size());
        // First, so that the chunks are deleted should this router die before anything uses them.
        commands.announce(new Upload(account, sha256, uploadId, partition, chunks));
        var written = new ArrayList<Future<RecordMetadata>>();
        for (int i = 0; i < chunks; i++) {
            int start = i * CodePackage.CHUNK_BYTES;
            var chunk = Arrays.copyOfRange(zip, start, Math.min(zip.length, start + CodePackage.CHUNK_BYTES));
            written.add(producer.send(
                    new ProducerRecord<>(topic, partition, CodePackage.chunkKey(sha256, uploadId, i), chunk)));
        }
        var offsets = new ArrayList<Long>();
        for (var chunk : written) {
            offsets.add(chunk.get().offset());
        }
        return new CodePackage(sha256, uploadId, zip.length, partition, offsets);
    }

    /** @throws IllegalStateException where the bytes are not those that were stored */
    byte[] fetch(CodePackage code) {
        var zip = reader.read(code.partition(), code.offsets());
        if (!sha256(zip).equals(code.sha256())) {
            throw new IllegalStateException("the stored package does not have the hash " + code.sha256());
        }
        return zip;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
