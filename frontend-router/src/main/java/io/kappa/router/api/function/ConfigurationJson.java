package io.kappa.router.api.function;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.access.encryption.SealedException;
import io.kappa.access.encryption.VariablesCipher;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.ImageConfiguration;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.registry.VersionRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A function's configuration as the API writes it. What a user has not set is left out, never null. */
public final class ConfigurationJson {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationJson.class);

    /** Lambda writes milliseconds and a zone without a colon: {@code 2024-05-01T10:00:00.123+0000}. */
    static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxx").withZone(ZoneOffset.UTC);

    /** How much of it an answer shows. */
    enum Detail {
        FULL,
        /** Lists leave out states and runtime versions. */
        LISTED
    }

    private final VariablesCipher cipher;

    ConfigurationJson(VariablesCipher cipher) {
        this.cipher = cipher;
    }

    /** @param arn as the answer shows it, qualified or not, which depends on the question */
    void write(JsonGenerator json, VersionRecord version, String arn, Detail detail) throws IOException {
        var configuration = version.requested().configuration();
        var code = version.requested().code();
        json.writeStartObject();
        json.writeStringField(
                "FunctionName", version.version().function().name().value());
        json.writeStringField("FunctionArn", arn);
        var runtime = configuration.runtime();
        writeIfSet(json, "Runtime", runtime == null ? null : runtime.wireName());
        json.writeStringField("Role", configuration.role());
        writeIfSet(json, "Handler", configuration.handler());
        json.writeNumberField("CodeSize", code.size());
        json.writeStringField("Description", configuration.description());
        json.writeNumberField("Timeout", configuration.timeoutSeconds());
        json.writeNumberField("MemorySize", configuration.memoryMegabytes());
        json.writeStringField("LastModified", time(version.lastModified()));
        json.writeStringField("CodeSha256", code.shownSha256());
        json.writeStringField("Version", version.version().version().toString());
        writeOptions(json, version.version().function(), configuration);
        json.writeStringField("RevisionId", version.revisionId());
        if (detail == Detail.FULL) {
            writeStates(json, version);
        }
        json.writeStringField("PackageType", runtime == null ? "Image" : "Zip");
        json.writeArrayFieldStart("Architectures");
        for (var architecture : configuration.architectures()) {
            json.writeString(architecture);
        }
        json.writeEndArray();
        json.writeObjectFieldStart("EphemeralStorage");
        json.writeNumberField("Size", configuration.ephemeralStorageMegabytes());
        json.writeEndObject();
        json.writeObjectFieldStart("SnapStart");
        json.writeStringField("ApplyOn", configuration.snapStart() == null ? "None" : "PublishedVersions");
        json.writeStringField("OptimizationStatus", hasSnapshot(version) ? "On" : "Off");
        json.writeEndObject();
        if (detail == Detail.FULL && runtime != null) {
            json.writeObjectFieldStart("RuntimeVersionConfig");
            json.writeStringField(
                    "RuntimeVersionArn",
                    runtimeVersionArn(version.version().function().region(), runtime));
            json.writeEndObject();
        }
        writeLogging(json, configuration.logging());
        json.writeEndObject();
    }

    /** A point in time as the API writes it. */
    public static String time(Instant instant) {
        return TIME.format(instant);
    }

    /** A version that became active without one says why. */
    private static boolean hasSnapshot(VersionRecord version) {
        return version.restorable()
                && version.state().name() == VersionRecord.State.Name.Active
                && version.state().reasonCode() == null;
    }

    private void writeOptions(JsonGenerator json, FunctionArn function, FunctionConfiguration configuration)
            throws IOException {
        var deadLetterTarget = configuration.deadLetterTargetArn();
        if (deadLetterTarget != null) {
            json.writeObjectFieldStart("DeadLetterConfig");
            json.writeStringField("TargetArn", deadLetterTarget);
            json.writeEndObject();
        }
        writeEnvironment(json, function, configuration);
        writeIfSet(json, "KMSKeyArn", configuration.kmsKeyArn());
        json.writeObjectFieldStart("TracingConfig");
        json.writeStringField("Mode", configuration.tracingMode());
        json.writeEndObject();
        if (configuration.image() != null) {
            writeImage(json, configuration.image());
        }
        if (!configuration.layers().isEmpty()) {
            json.writeArrayFieldStart("Layers");
            for (var layer : configuration.layers()) {
                json.writeStartObject();
                json.writeStringField("Arn", layer.arn().toString());
                json.writeNumberField("CodeSize", layer.code().size());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
    }

    private static void writeImage(JsonGenerator json, ImageConfiguration image) throws IOException {
        json.writeObjectFieldStart("ImageConfigResponse");
        json.writeObjectFieldStart("ImageConfig");
        writeTexts(json, "EntryPoint", image.entryPoint());
        writeTexts(json, "Command", image.command());
        writeIfSet(json, "WorkingDirectory", image.workingDirectory());
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writeTexts(JsonGenerator json, String name, List<String> texts) throws IOException {
        if (!texts.isEmpty()) {
            json.writeArrayFieldStart(name);
            for (var text : texts) {
                json.writeString(text);
            }
            json.writeEndArray();
        }
    }

    private void writeEnvironment(JsonGenerator json, FunctionArn function, FunctionConfiguration configuration)
            throws IOException {
        try {
            var variables = cipher.open(function, configuration);
            if (!variables.isEmpty()) {
                json.writeObjectFieldStart("Environment");
                writeMap(json, "Variables", variables);
                json.writeEndObject();
            }
        } catch (SealedException e) {
            LOG.atWarn().addKeyValue("function", function).setCause(e).log("environment variables cannot be shown");
            json.writeObjectFieldStart("Environment");
            json.writeObjectFieldStart("Error");
            json.writeStringField("ErrorCode", EnvironmentSeals.code(e).wireName());
            json.writeStringField("Message", EnvironmentSeals.message(e));
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private static void writeStates(JsonGenerator json, VersionRecord version) throws IOException {
        var state = version.state();
        json.writeStringField("State", state.name().name());
        writeIfSet(json, "StateReason", state.reason());
        writeIfSet(json, "StateReasonCode", state.reasonCode());
        var update = version.lastUpdate();
        if (update != null) {
            json.writeStringField("LastUpdateStatus", update.status().name());
            writeIfSet(json, "LastUpdateStatusReason", update.reason());
            writeIfSet(json, "LastUpdateStatusReasonCode", update.reasonCode());
        }
    }

    private static void writeLogging(JsonGenerator json, LoggingConfiguration logging) throws IOException {
        json.writeObjectFieldStart("LoggingConfig");
        json.writeStringField("LogFormat", logging.format());
        writeIfSet(json, "ApplicationLogLevel", logging.applicationLevel());
        writeIfSet(json, "SystemLogLevel", logging.systemLevel());
        json.writeStringField("LogGroup", logging.logGroup());
        json.writeEndObject();
    }

    /** In the order of the keys, so that equal maps are written alike. */
    public static void writeMap(JsonGenerator json, String name, Map<String, String> map) throws IOException {
        json.writeObjectFieldStart(name);
        for (var entry : new TreeMap<>(map).entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    private static void writeIfSet(JsonGenerator json, String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    /** Lambda's names for builds of a runtime are hashes. Kappa has one build of each, so its hash is that of the identifier. */
    static String runtimeVersionArn(String region, RuntimeIdentifier runtime) {
        try {
            var hash = MessageDigest.getInstance("SHA-256")
                    .digest(runtime.wireName().getBytes(StandardCharsets.UTF_8));
            return "arn:aws:lambda:" + region + "::runtime:" + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
