package io.kappa.router.api.function;

import com.fasterxml.jackson.core.JsonFactory;
import io.kappa.contracts.destination.Destination;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.SnapStart;
import io.kappa.router.api.shape.Input;
import io.kappa.router.dispatch.WorkerDirectory;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.ConfigurationChange;
import io.kappa.router.registry.ConfigurationChange.ChangedSnapStart;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rules of the service about a configuration, which come after the constraints of the service model, and the defaults. */
public final class ConfigurationRules {
    private static final int MOST_MEMORY = 10_240;
    private static final int MOST_ENVIRONMENT_BYTES = 4096;
    private static final int MOST_TAGS = 50;
    private static final JsonFactory JSON = new JsonFactory();

    /** Set by the platform in every environment. */
    private static final Set<String> RESERVED_VARIABLES = Set.of(
            "_HANDLER",
            "_X_AMZN_TRACE_ID",
            "AWS_ACCESS_KEY",
            "AWS_ACCESS_KEY_ID",
            "AWS_DEFAULT_REGION",
            "AWS_EXECUTION_ENV",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            "AWS_LAMBDA_FUNCTION_NAME",
            "AWS_LAMBDA_FUNCTION_VERSION",
            "AWS_LAMBDA_INITIALIZATION_TYPE",
            "AWS_LAMBDA_LOG_GROUP_NAME",
            "AWS_LAMBDA_LOG_STREAM_NAME",
            "AWS_LAMBDA_MAX_CONCURRENCY",
            "AWS_LAMBDA_METADATA_API",
            "AWS_LAMBDA_METADATA_TOKEN",
            "AWS_LAMBDA_RUNTIME_API",
            "AWS_REGION",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "LAMBDA_RUNTIME_DIR",
            "LAMBDA_TASK_ROOT");

    private final WorkerDirectory workers;
    private final SnapStartRules snapStart;

    ConfigurationRules(WorkerDirectory workers) {
        this.workers = workers;
        this.snapStart = new SnapStartRules(workers);
    }

    /** The configuration of a new function. */
    FunctionConfiguration created(String functionName, Input input) {
        UnsupportedOptions.refuseInConfiguration(input);
        boolean image = ImageRules.asked(input);
        ImageRules.check(input, image);
        var runtime = input.text("Runtime");
        var handler = input.text("Handler");
        if (!image && (runtime == null || handler == null)) {
            throw invalid(
                    "Runtime and Handler are mandatory parameters for functions created with deployment packages.");
        }
        var defaultLogging = new LoggingConfiguration("Text", null, null, "/aws/lambda/" + functionName);
        var logging = logging(input, defaultLogging);
        var architectures = input.texts("Architectures");
        var storage = ephemeralStorage(input);
        var tracing = tracing(input);
        var variables = environment(input);
        var configuration = new FunctionConfiguration(
                runtime == null ? null : runtime(runtime),
                input.requiredText("Role"),
                handler,
                input.textOr("Description", ""),
                input.wholeOr("Timeout", 3),
                memory(input.wholeOr("MemorySize", 128)),
                storage == null ? 512 : storage,
                variables == null ? Map.of() : variables,
                architectures == null ? List.of("x86_64") : architectures,
                logging == null ? defaultLogging : logging,
                tracing == null ? "PassThrough" : tracing,
                emptyAsNull(deadLetterTarget(input)),
                emptyAsNull(input.text("KMSKeyArn")));
        var asked = SnapStartRules.asked(input) == ChangedSnapStart.PublishedVersions;
        var ofImage = ImageRules.configuration(input);
        var restorable = configuration
                .withSnapStart(asked ? SnapStart.PublishedVersions : null)
                .withImage(ofImage == null || ofImage.isEmpty() ? null : ofImage);
        snapStart.check(restorable, true);
        return restorable;
    }

    /** What an update changes: members that it does not name stay as they are. */
    ConfigurationChange changed(Input input, FunctionConfiguration before) {
        UnsupportedOptions.refuseInConfiguration(input);
        ImageRules.check(input, before.runtime() == null);
        var runtime = input.text("Runtime");
        var memory = input.whole("MemorySize");
        var asked = SnapStartRules.asked(input);
        var configuration = new ConfigurationChange(
                runtime == null ? null : runtime(runtime),
                input.text("Role"),
                input.text("Handler"),
                input.text("Description"),
                input.whole("Timeout"),
                memory == null ? null : memory(memory),
                ephemeralStorage(input),
                environment(input),
                logging(input, before.logging()),
                tracing(input),
                deadLetterTarget(input),
                input.text("KMSKeyArn"));
        var change = configuration.withSnapStart(asked).withImage(ImageRules.configuration(input));
        snapStart.check(change.appliedTo(before), asked == ChangedSnapStart.PublishedVersions);
        return change;
    }

    public static void checkTags(Map<String, String> tags) {
        if (tags.size() > MOST_TAGS) {
            throw invalid("Number of tags exceeds resource tag limit.");
        }
        tags.forEach((key, value) -> {
            if (key.isEmpty() || key.length() > 128 || value.length() > 256) {
                throw invalid("Tag keys must have 1 to 128 characters and tag values at most 256.");
            }
            if (key.startsWith("aws:")) {
                throw invalid("aws: prefixed tag key names are not allowed for external use.");
            }
        });
    }

    private RuntimeIdentifier runtime(String wireName) {
        var runtime = RuntimeIdentifier.of(wireName)
                .orElseThrow(() -> invalid("Value " + wireName
                        + " at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
                        + Arrays.stream(RuntimeIdentifier.values())
                                .filter(RuntimeIdentifier::supported)
                                .map(RuntimeIdentifier::wireName)
                                .toList()
                        + " or be a valid ARN"));
        if (!runtime.supported()) {
            throw invalid("The runtime parameter of " + wireName
                    + " is no longer supported for creating or updating AWS Lambda functions. "
                    + "We recommend you use a supported runtime while creating or updating functions.");
        }
        var offered = workers.runtimes();
        // Without any worker nobody can tell; the function will wait for one like its invocations.
        if (!workers.isEmpty() && !offered.contains(runtime)) {
            throw invalid("The runtime parameter of " + wireName + " cannot be used: " + missing(runtime, offered));
        }
        return runtime;
    }

    private static String missing(RuntimeIdentifier runtime, Set<RuntimeIdentifier> offered) {
        var family = switch (runtime.family()) {
            case PYTHON -> "Python";
            case NODEJS -> "Node.js";
            case JAVA -> "Java";
            case RUBY -> "Ruby";
            case DOTNET -> ".NET";
            case GO -> "Go";
            case PROVIDED -> "what it needs";
        };
        var relatives = offered.stream()
                .filter(other -> other.family() == runtime.family())
                .sorted()
                .map(RuntimeIdentifier::wireName)
                .collect(Collectors.joining(", "));
        return relatives.isEmpty()
                ? "no worker node has " + family + " installed."
                : "no worker node has it installed. Installed of " + family + ": " + relatives + ".";
    }

    private static int memory(int megabytes) {
        if (megabytes > MOST_MEMORY) {
            throw invalid("1 validation error detected: Value '" + megabytes
                    + "' at 'memorySize' failed to satisfy constraint: Member must have value less than or equal to "
                    + MOST_MEMORY);
        }
        return megabytes;
    }

    private static @Nullable Integer ephemeralStorage(Input input) {
        var storage = input.structure("EphemeralStorage");
        return storage == null ? null : storage.whole("Size");
    }

    private static @Nullable String tracing(Input input) {
        var tracing = input.structure("TracingConfig");
        return tracing == null ? null : tracing.text("Mode");
    }

    private static @Nullable Map<String, String> environment(Input input) {
        var environment = input.structure("Environment");
        var variables = environment == null ? null : environment.mapping("Variables");
        if (variables == null) {
            return null;
        }
        var reserved =
                variables.keySet().stream().filter(RESERVED_VARIABLES::contains).collect(Collectors.joining(", "));
        if (!reserved.isEmpty()) {
            throw invalid(
                    "Lambda was unable to configure your environment variables because the environment variables you "
                            + "have provided contains reserved keys that are currently not supported for modification. "
                            + "Reserved keys used in this request: " + reserved);
        }
        var measured = compactJson(variables);
        if (measured.getBytes(StandardCharsets.UTF_8).length > MOST_ENVIRONMENT_BYTES) {
            throw invalid(
                    "Lambda was unable to configure your environment variables because the environment variables you "
                            + "have provided exceeded the 4KB limit. String measured: " + measured);
        }
        return variables;
    }

    private static String compactJson(Map<String, String> map) {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            json.writeStartObject();
            for (var entry : map.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Memory does not fail to be written.
        }
        return text.toString();
    }

    /** Null where the request says nothing of logging. Levels go with JSON alone, and are lost with it. */
    private static @Nullable LoggingConfiguration logging(Input input, LoggingConfiguration before) {
        var logging = input.structure("LoggingConfig");
        if (logging == null) {
            return null;
        }
        var group = logging.textOr("LogGroup", before.logGroup());
        if (logging.textOr("LogFormat", before.format()).equals("JSON")) {
            return new LoggingConfiguration(
                    "JSON",
                    logging.textOr(
                            "ApplicationLogLevel", Objects.requireNonNullElse(before.applicationLevel(), "INFO")),
                    logging.textOr("SystemLogLevel", Objects.requireNonNullElse(before.systemLevel(), "INFO")),
                    group);
        }
        if (logging.has("ApplicationLogLevel") || logging.has("SystemLogLevel")) {
            throw invalid(
                    "LogLevel is not supported when LogFormat is set to \"Text\". Remove LogLevel from your request "
                            + "or change the LogFormat to \"JSON\" and try again.");
        }
        return new LoggingConfiguration("Text", null, null, group);
    }

    /** Null where nothing is said of it; empty where it is cleared. */
    private static @Nullable String deadLetterTarget(Input input) {
        var config = input.structure("DeadLetterConfig");
        var target = config == null ? null : config.text("TargetArn");
        if (target != null && !target.isEmpty()) {
            checkDeadLetterTarget(target);
        }
        return target;
    }

    private static void checkDeadLetterTarget(String target) {
        if (target.endsWith(".fifo")) {
            throw invalid("The dead letter target " + target
                    + " is a FIFO queue or topic, and only standard ones are supported.");
        }
        boolean standard = switch (Destination.parse(target).orElse(null)) {
            case Destination.Queue _, Destination.Notification _ -> true;
            case Destination.EventBus _, Destination.Function _, Destination.KafkaTopic _, Destination.Bucket _ ->
                false;
            case null -> false;
        };
        if (!standard) {
            throw invalid(
                    "The dead letter target " + target + " is neither an Amazon SQS queue nor an Amazon SNS topic.");
        }
    }

    private static @Nullable String emptyAsNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private static LambdaApiException invalid(String message) {
        return new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }
}
