package io.kappa.worker.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.access.topic.PlatformTopics;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.testkit.KafkaInThisJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeCacheIT {
    private static final CodeCacheSettings ROOMY = new CodeCacheSettings(100);

    @TempDir
    Path directory;

    private final KafkaSettings kafka = KafkaInThisJvm.kafka();
    private final String topic = Topic.REGISTRY_CODE.name(kafka.topicPrefix());

    @BeforeEach
    void makeTopic() throws InterruptedException {
        PlatformTopics.ensure(kafka, Topic.REGISTRY_CODE);
    }

    private CodeCache cache(CodeCacheSettings settings) throws IOException {
        return new CodeCache(kafka, topic, directory, settings);
    }

    /** Puts a package into the topic as the registry does. */
    private CodePackage upload(byte[] zip) throws Exception {
        var sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(zip));
        var upload = UUID.randomUUID().toString();
        var properties = kafka.clientProperties();
        properties.put("max.request.size", "2097152");
        var offsets = new ArrayList<Long>();
        try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
            for (int at = 0; at < zip.length; at += CodePackage.CHUNK_BYTES) {
                var chunk = java.util.Arrays.copyOfRange(zip, at, Math.min(zip.length, at + CodePackage.CHUNK_BYTES));
                var key = CodePackage.chunkKey(sha256, upload, offsets.size());
                offsets.add(producer.send(new ProducerRecord<>(topic, key, chunk))
                        .get()
                        .offset());
            }
        }
        return new CodePackage(sha256, upload, zip.length, 0, offsets);
    }

    private static UnpackedCode get(CompletionStage<UnpackedCode> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    /** Megabytes that do not compress, so that they take several chunks and room in the cache. */
    private static Zips large(int seed, int megabytes) {
        var text = new StringBuilder();
        var random = new Random(seed);
        while (text.length() < megabytes * 1024 * 1024) {
            text.append((char) (' ' + random.nextInt(95)));
        }
        return new Zips().file("large.txt", text.toString());
    }

    @Test
    void unpacksAPackageOfSeveralChunks() throws Exception {
        var code = upload(large(1, 5).file("app.py", "pass").bytes());
        assertThat(code.offsets()).hasSizeGreaterThan(3);
        try (var cache = cache(ROOMY);
                var unpacked = get(cache.unpacked(code))) {
            assertThat(unpacked.directory().resolve("app.py")).hasContent("pass");
            assertThat(unpacked.directory().resolve("large.txt")).hasSize(5 * 1024 * 1024);
        }
    }

    @Test
    void fetchesOnceHoweverManyAskAtOnce() throws Exception {
        var code = upload(large(2, 1).bytes());
        try (var cache = cache(ROOMY)) {
            var asked = IntStream.range(0, 100)
                    .parallel()
                    .mapToObj(_ -> cache.unpacked(code))
                    .toList();
            var first = get(asked.getFirst()).directory();
            var made = Files.readAttributes(first, "unix:ino").get("ino");
            for (var stage : asked) {
                assertThat(get(stage).directory()).isEqualTo(first);
            }
            assertThat(Files.readAttributes(first, "unix:ino").get("ino")).isEqualTo(made);
        }
    }

    @Test
    void mergesOnceHoweverManyAskAtOnce() throws Exception {
        var base = upload(new Zips()
                .file("python/a.py", "base")
                .file("python/b.py", "base")
                .bytes());
        var top = upload(new Zips().file("python/b.py", "top").bytes());
        try (var cache = cache(ROOMY)) {
            var asked = IntStream.range(0, 100)
                    .parallel()
                    .mapToObj(_ -> cache.merged(List.of(base, top), List.of()))
                    .toList();
            var merged = get(asked.getFirst()).directory();
            for (var stage : asked) {
                assertThat(get(stage).directory()).isEqualTo(merged);
            }
            assertThat(merged.resolve("python/a.py")).hasContent("base");
            assertThat(merged.resolve("python/b.py")).hasContent("top");
            assertThat(get(cache.merged(List.of(top, base), List.of()))
                            .directory()
                            .resolve("python/b.py"))
                    .hasContent("base");
            assertThat(get(cache.merged(List.of(base), List.of())).directory())
                    .isEqualTo(get(cache.unpacked(base)).directory());
        }
    }

    @Test
    void mergesMoreAtOnceThanItHasWorkers() throws Exception {
        var packages = new ArrayList<CodePackage>();
        for (int i = 0; i < 12; i++) {
            packages.add(upload(new Zips().file("file" + i, "x").bytes()));
        }
        try (var cache = cache(ROOMY)) {
            var asked = IntStream.range(0, 12)
                    .mapToObj(i -> cache.merged(List.of(packages.get(i), packages.get((i + 1) % 12)), List.of()))
                    .toList();
            for (var stage : asked) {
                assertThat(get(stage).directory()).isDirectory();
            }
        }
    }

    @Test
    void keepsWhatWasMergedAndTakesItUpAgain() throws Exception {
        var base = upload(new Zips().file("a", "base").bytes());
        var top = upload(new Zips().file("b", "top").bytes());
        try (var cache = cache(ROOMY);
                var merged = get(cache.merged(List.of(base, top), List.of()))) {
            assertThat(merged.directory()).isDirectory();
        }
        try (var cache = new CodeCache(kafka.at("localhost:1"), topic, directory, ROOMY);
                var merged = get(cache.merged(List.of(base, top), List.of()))) {
            assertThat(merged.directory().resolve("a")).hasContent("base");
        }
    }

    @Test
    void saysWhichPartOfAMergeIsAtFaultAndTriesAgain() throws Exception {
        var base = upload(new Zips().file("a", "base").bytes());
        var gone = new CodePackage("0".repeat(64), base.uploadId(), base.size(), 0, List.of(1000L));
        try (var cache = cache(ROOMY)) {
            assertThatThrownBy(() -> get(cache.merged(List.of(base, gone), List.of())))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(PackageException.class)
                    .hasMessageContaining("no longer exists");
            var top = upload(new Zips().file("b", "top").bytes());
            assertThat(get(cache.merged(List.of(base, top), List.of())).directory())
                    .isDirectory();
        }
    }

    @Test
    void needsNoKafkaForWhatAnEarlierRunHasUnpacked() throws Exception {
        var code = upload(new Zips().file("app.py", "pass").bytes());
        try (var cache = cache(ROOMY);
                var unpacked = get(cache.unpacked(code))) {
            assertThat(unpacked.directory()).isDirectory();
        }
        var nowhere = kafka.at("localhost:1");
        try (var cache = new CodeCache(nowhere, topic, directory, ROOMY);
                var unpacked = get(cache.unpacked(code))) {
            assertThat(unpacked.directory().resolve("app.py")).hasContent("pass");
        }
    }

    @Test
    void refusesBytesThatAreNotThoseOfTheHash() throws Exception {
        var code = upload(new Zips().file("app.py", "pass").bytes());
        var other = new CodePackage("0".repeat(64), code.uploadId(), code.size(), code.partition(), code.offsets());
        try (var cache = cache(ROOMY)) {
            assertThatThrownBy(() -> get(cache.unpacked(other)))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(PackageException.class)
                    .hasMessageContaining("has other bytes");
            // A failure is not remembered, and has left nothing behind.
            assertThat(get(cache.unpacked(code)).directory()).isDirectory();
        }
    }

    @Test
    void saysThatAPackageNoLongerExists() throws Exception {
        var code = upload(new Zips().file("app.py", "pass").bytes());
        var gone = new CodePackage(code.sha256(), code.uploadId(), code.size(), 0, List.of(1000L));
        try (var cache = cache(ROOMY)) {
            assertThatThrownBy(() -> get(cache.unpacked(gone)))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(PackageException.class)
                    .hasMessageContaining("no longer exists");
        }
    }

    @Test
    void removesWhatHasBeenIdleLongestToMakeRoom() throws Exception {
        var codes = List.of(
                upload(large(3, 2).bytes()),
                upload(large(4, 2).bytes()),
                upload(large(5, 2).bytes()));
        try (var cache = cache(new CodeCacheSettings(5))) {
            var first = get(cache.unpacked(codes.get(0)));
            var second = get(cache.unpacked(codes.get(1)));
            second.close();
            first.close();
            var third = get(cache.unpacked(codes.get(2)));
            assertThat(second.directory()).doesNotExist();
            assertThat(first.directory()).isDirectory();
            assertThat(third.directory()).isDirectory();
        }
    }

    @Test
    void removesNothingThatIsInUse() throws Exception {
        var codes = List.of(upload(large(6, 2).bytes()), upload(large(7, 2).bytes()));
        try (var cache = cache(new CodeCacheSettings(1))) {
            var first = get(cache.unpacked(codes.get(0)));
            var firstAgain = get(cache.unpacked(codes.get(0)));
            var second = get(cache.unpacked(codes.get(1)));
            first.close();
            first.close();
            assertThat(first.directory()).isDirectory();
            assertThat(second.directory()).isDirectory();

            firstAgain.close();
            assertThat(first.directory()).doesNotExist();
            assertThat(second.directory()).isDirectory();
        }
    }
}
