package io.kappa.router.api.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.SnapStart;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.dispatch.WorkerDirectory;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.testkit.TurnedClock;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationRulesTest {
    private static final String REQUIRED =
            "\"FunctionName\":\"f\",\"Role\":\"arn:aws:iam::123456789012:role/r\",\"Code\":{}";
    private static final String PYTHON = "\"Runtime\":\"python3.13\",\"Handler\":\"index.handler\"";

    private final TurnedClock clock = new TurnedClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final WorkerDirectory workers = new WorkerDirectory(clock);
    private final ConfigurationRules rules = new ConfigurationRules(workers);

    @BeforeEach
    void oneWorkerOffersPythonAndNode() {
        var status = new WorkerStatus(
                1,
                "w",
                "127.0.0.1",
                1,
                1024,
                0,
                Set.of(RuntimeIdentifier.PYTHON3_13, RuntimeIdentifier.PYTHON3_12, RuntimeIdentifier.NODEJS22_X),
                "process",
                false,
                List.of(),
                Set.of(RuntimeIdentifier.PYTHON3_13),
                Set.of());
        workers.read("w", RecordCodec.of(WorkerStatus.class).encode(status), clock.millis());
    }

    private static Input input(io.kappa.router.api.shape.Shape.Structure shape, String members) {
        return InputReader.read(
                shape, Map.of(), new ByteArrayInputStream(("{" + members + "}").getBytes(StandardCharsets.UTF_8)));
    }

    private FunctionConfiguration created(String members) {
        return rules.created("f", input(RequestShapes.CREATE_FUNCTION, REQUIRED + "," + members));
    }

    private FunctionConfiguration updated(FunctionConfiguration before, String members) {
        return rules.changed(
                        input(RequestShapes.UPDATE_FUNCTION_CONFIGURATION, "\"FunctionName\":\"f\"" + members), before)
                .appliedTo(before);
    }

    @Test
    void snapStartIsForSomeRuntimesAndASmallTmp() {
        var snapStart = "\"SnapStart\":{\"ApplyOn\":\"PublishedVersions\"}";
        assertThat(created(PYTHON + "," + snapStart).snapStart()).isEqualTo(SnapStart.PublishedVersions);

        assertRefused(
                "\"Runtime\":\"nodejs22.x\",\"Handler\":\"index.handler\"," + snapStart,
                "nodejs22.x is not supported for SnapStart enabled functions.");
        assertRefused(
                PYTHON + ",\"EphemeralStorage\":{\"Size\":513}," + snapStart,
                "EphemeralStorage of more than 512 MB is not supported for SnapStart enabled functions.");
    }

    @Test
    void snapStartNeedsAWorkerThatCanTakeSnapshotsOrNoneToKnowOf() {
        var members =
                "\"Runtime\":\"python3.12\",\"Handler\":\"i.h\",\"SnapStart\":{\"ApplyOn\":\"PublishedVersions\"}";
        assertRefused(
                members,
                "SnapStart with ApplyOn PublishedVersions cannot be used: no worker node can take snapshots of"
                        + " python3.12 functions.");

        workers.read("w", null, clock.millis());
        assertThat(created(members).snapStart()).isEqualTo(SnapStart.PublishedVersions);
    }

    @Test
    void anUpdateKeepsSnapStartUnlessItSaysOtherwiseAndIsHeldToItsRules() {
        var before = created(PYTHON + ",\"SnapStart\":{\"ApplyOn\":\"PublishedVersions\"}");

        assertThat(updated(before, ",\"Timeout\":7").snapStart()).isEqualTo(SnapStart.PublishedVersions);
        assertThat(updated(before, ",\"SnapStart\":{\"ApplyOn\":\"None\"}").snapStart())
                .isNull();
        assertThat(catchThrowableOfType(LambdaApiException.class, () -> updated(before, ",\"Runtime\":\"nodejs22.x\"")))
                .hasMessage("nodejs22.x is not supported for SnapStart enabled functions.");
    }

    private void assertRefused(String members, String message) {
        var refusal = catchThrowableOfType(LambdaApiException.class, () -> created(members));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_PARAMETER_VALUE);
        assertThat(refusal).hasMessage(message);
    }

    @Test
    void fillsInLambdasDefaults() {
        assertThat(created(PYTHON))
                .isEqualTo(new FunctionConfiguration(
                        RuntimeIdentifier.PYTHON3_13,
                        "arn:aws:iam::123456789012:role/r",
                        "index.handler",
                        "",
                        3,
                        128,
                        512,
                        Map.of(),
                        List.of("x86_64"),
                        new LoggingConfiguration("Text", null, null, "/aws/lambda/f"),
                        "PassThrough",
                        null,
                        null));
    }

    @Test
    void takesEverythingThatCanBeSet() {
        assertThat(created("""
                "Runtime":"nodejs22.x","Handler":"i.h","Description":"d","Timeout":900,"MemorySize":10240,
                "EphemeralStorage":{"Size":1024},"Environment":{"Variables":{"KEY":"value"}},"Architectures":["arm64"],
                "LoggingConfig":{"LogGroup":"/own"},"TracingConfig":{"Mode":"Active"},
                "DeadLetterConfig":{"TargetArn":"arn:aws:sqs:us-east-1:123456789012:q"},
                "KMSKeyArn":"arn:aws:kms:us-east-1:123456789012:key/k"\
                """))
                .isEqualTo(new FunctionConfiguration(
                        RuntimeIdentifier.NODEJS22_X,
                        "arn:aws:iam::123456789012:role/r",
                        "i.h",
                        "d",
                        900,
                        10240,
                        1024,
                        Map.of("KEY", "value"),
                        List.of("arm64"),
                        new LoggingConfiguration("Text", null, null, "/own"),
                        "Active",
                        "arn:aws:sqs:us-east-1:123456789012:q",
                        "arn:aws:kms:us-east-1:123456789012:key/k"));
    }

    @Test
    void asksForRuntimeAndHandler() {
        var message = "Runtime and Handler are mandatory parameters for functions created with deployment packages.";
        assertRefused("\"Runtime\":\"python3.13\"", message);
        assertRefused("\"Handler\":\"h\"", message);
    }

    @Test
    void refusesAnUnknownRuntime() {
        var refusal = catchThrowableOfType(
                LambdaApiException.class, () -> created("\"Runtime\":\"cobol85\",\"Handler\":\"h\""));
        assertThat(refusal.message())
                .startsWith(
                        "Value cobol85 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [")
                .contains("python3.13", "nodejs22.x")
                .doesNotContain("python2.7")
                .endsWith("] or be a valid ARN");
    }

    @Test
    void refusesADeprecatedRuntime() {
        assertRefused(
                "\"Runtime\":\"python2.7\",\"Handler\":\"h\"",
                "The runtime parameter of python2.7 is no longer supported for creating or updating AWS Lambda functions. "
                        + "We recommend you use a supported runtime while creating or updating functions.");
    }

    @Test
    void refusesARuntimeThatNoWorkerHas() {
        assertRefused(
                "\"Runtime\":\"ruby3.4\",\"Handler\":\"h\"",
                "The runtime parameter of ruby3.4 cannot be used: no worker node has Ruby installed.");
        assertRefused(
                "\"Runtime\":\"python3.11\",\"Handler\":\"h\"",
                "The runtime parameter of python3.11 cannot be used: no worker node has it installed. "
                        + "Installed of Python: python3.12, python3.13.");
    }

    @Test
    void takesAnyRuntimeWhileNoWorkerIsKnown() {
        workers.read("w", null, clock.millis());
        assertThat(created("\"Runtime\":\"ruby3.4\",\"Handler\":\"h\"").runtime())
                .isEqualTo(RuntimeIdentifier.RUBY3_4);
    }

    @Test
    void refusesMoreMemoryThanLambdaGives() {
        assertRefused(
                PYTHON + ",\"MemorySize\":10241",
                "1 validation error detected: Value '10241' at 'memorySize' failed to satisfy constraint: "
                        + "Member must have value less than or equal to 10240");
    }

    @Test
    void measuresTheEnvironmentAsCompactJson() {
        var justFits = "x".repeat(4096 - "{\"KEY\":\"\"}".length());
        assertThat(created(PYTHON + ",\"Environment\":{\"Variables\":{\"KEY\":\"" + justFits + "\"}}")
                        .environment())
                .hasSize(1);
        assertRefused(
                PYTHON + ",\"Environment\":{\"Variables\":{\"KEY\":\"" + justFits + "y\"}}",
                "Lambda was unable to configure your environment variables because the environment variables you have provided "
                        + "exceeded the 4KB limit. String measured: {\"KEY\":\"" + justFits + "y\"}");
    }

    @Test
    void keepsReservedVariablesForThePlatform() {
        assertRefused(
                PYTHON + ",\"Environment\":{\"Variables\":{\"AWS_REGION\":\"x\",\"OWN\":\"y\"}}",
                "Lambda was unable to configure your environment variables because the environment variables you have provided "
                        + "contains reserved keys that are currently not supported for modification. "
                        + "Reserved keys used in this request: AWS_REGION");
    }

    @Test
    void refusesLevelsOfTextLogs() {
        assertRefused(
                PYTHON + ",\"LoggingConfig\":{\"ApplicationLogLevel\":\"INFO\"}",
                "LogLevel is not supported when LogFormat is set to \"Text\". Remove LogLevel from your request or change the "
                        + "LogFormat to \"JSON\" and try again.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"VpcConfig\":{\"SubnetIds\":[\"s\"],\"SecurityGroupIds\":[]} | VpcConfig",
                "\"FileSystemConfigs\":[{\"Arn\":\"a\"}] | FileSystemConfigs",
                "\"CapacityProviderConfig\":{\"x\":1} | CapacityProviderConfig",
                "\"DurableConfig\":{\"ExecutionTimeout\":1} | DurableConfig",
                "\"TenancyConfig\":{\"TenantIsolationMode\":\"PER_TENANT\"} | TenancyConfig",
                "\"PublishTo\":\"LATEST_PUBLISHED\" | PublishTo",
            })
    void refusesByNameWhatIsNotBuilt(String member, String option) {
        assertRefused(PYTHON + "," + member, "The option " + option + " is not supported by Kappa yet.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"Layers\":[]",
                "\"VpcConfig\":{\"SubnetIds\":[],\"SecurityGroupIds\":[]}",
                "\"VpcConfig\":{}",
                "\"FileSystemConfigs\":[]",
                "\"ImageConfig\":{}",
                "\"SnapStart\":{\"ApplyOn\":\"None\"}",
                "\"CodeSigningConfigArn\":\"\"",
                "\"LoggingConfig\":{\"LogFormat\":\"Text\"}",
                "\"PackageType\":\"Zip\"",
                "\"DeadLetterConfig\":{}",
                "\"DeadLetterConfig\":{\"TargetArn\":\"\"}",
                "\"KMSKeyArn\":\"\"",
                "\"Environment\":{}",
                "\"Layers\":null",
            })
    void takesTheWaysToSayNone(String member) {
        assertThat(created(PYTHON + "," + member)).isEqualTo(created(PYTHON));
    }

    @Test
    void refusesDeadLetterTargetsThatAreNoQueueOrTopic() {
        assertRefused(
                PYTHON + ",\"DeadLetterConfig\":{\"TargetArn\":\"arn:aws:s3:::b\"}",
                "The dead letter target arn:aws:s3:::b is neither an Amazon SQS queue nor an Amazon SNS topic.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:sqs:us-east-1:1234:q",
                "arn:aws:sqs:us-east-1:123456789012:bad name",
                "arn:aws:events:us-east-1:123456789012:event-bus/b",
                "arn:aws:lambda:us-east-1:123456789012:function:f"
            })
    void refusesDeadLetterTargetsThatCouldNotBeWrittenTo(String target) {
        assertRefused(
                PYTHON + ",\"DeadLetterConfig\":{\"TargetArn\":\"" + target + "\"}",
                "The dead letter target " + target + " is neither an Amazon SQS queue nor an Amazon SNS topic.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"arn:aws:sqs:us-east-1:123456789012:q.fifo", "arn:aws:sns:us-east-1:123456789012:t.fifo"})
    void refusesDeadLetterTargetsThatKeepAnOrder(String target) {
        assertRefused(
                PYTHON + ",\"DeadLetterConfig\":{\"TargetArn\":\"" + target + "\"}",
                "The dead letter target " + target
                        + " is a FIFO queue or topic, and only standard ones are supported.");
    }

    @Test
    void leavesWhatAnUpdateDoesNotName() {
        var before = created(PYTHON + ",\"Environment\":{\"Variables\":{\"KEY\":\"value\"}},\"Timeout\":9,"
                + "\"EphemeralStorage\":{\"Size\":1024},\"TracingConfig\":{\"Mode\":\"Active\"}");
        assertThat(updated(before, "")).isEqualTo(before);
        assertThat(updated(before, ",\"Environment\":{}")).isEqualTo(before);
        assertThat(updated(before, ",\"MemorySize\":256").memoryMegabytes()).isEqualTo(256);
    }

    @Test
    void replacesTheEnvironmentAsAWhole() {
        var before = created(PYTHON + ",\"Environment\":{\"Variables\":{\"KEY\":\"value\"}}");
        assertThat(updated(before, ",\"Environment\":{\"Variables\":{\"OTHER\":\"x\"}}")
                        .environment())
                .isEqualTo(Map.of("OTHER", "x"));
        assertThat(updated(before, ",\"Environment\":{\"Variables\":{}}").environment())
                .isEmpty();
    }

    @Test
    void clearsADeadLetterTargetOnlyByAnEmptyOne() {
        var before = created(PYTHON + ",\"DeadLetterConfig\":{\"TargetArn\":\"arn:aws:sns:us-east-1:123456789012:t\"}");
        assertThat(updated(before, ",\"DeadLetterConfig\":{}").deadLetterTargetArn())
                .isNotNull();
        assertThat(updated(before, ",\"DeadLetterConfig\":{\"TargetArn\":\"\"}").deadLetterTargetArn())
                .isNull();
    }

    @Test
    void fillsInTheLevelsOfJsonLogs() {
        assertThat(created(PYTHON + ",\"LoggingConfig\":{\"LogFormat\":\"JSON\"}")
                        .logging())
                .isEqualTo(new LoggingConfiguration("JSON", "INFO", "INFO", "/aws/lambda/f"));
        assertThat(created(
                                PYTHON
                                        + ",\"LoggingConfig\":{\"LogFormat\":\"JSON\",\"ApplicationLogLevel\":\"FATAL\",\"SystemLogLevel\":\"DEBUG\"}")
                        .logging())
                .isEqualTo(new LoggingConfiguration("JSON", "FATAL", "DEBUG", "/aws/lambda/f"));
    }

    @Test
    void keepsWhatAnUpdateOfLoggingDoesNotNameUntilItGoesBackToText() {
        var before = created(PYTHON
                + ",\"LoggingConfig\":{\"LogFormat\":\"JSON\",\"ApplicationLogLevel\":\"WARN\",\"LogGroup\":\"/own\"}");

        assertThat(updated(before, ",\"LoggingConfig\":{\"SystemLogLevel\":\"WARN\"}")
                        .logging())
                .isEqualTo(new LoggingConfiguration("JSON", "WARN", "WARN", "/own"));
        assertThat(updated(before, ",\"LoggingConfig\":{\"LogFormat\":\"Text\"}")
                        .logging())
                .isEqualTo(new LoggingConfiguration("Text", null, null, "/own"));
        assertThat(updated(created(PYTHON), ",\"LoggingConfig\":{\"LogFormat\":\"JSON\"}")
                        .logging())
                .isEqualTo(new LoggingConfiguration("JSON", "INFO", "INFO", "/aws/lambda/f"));
    }

    @Test
    void keepsTheLogGroupThatAnUpdateDoesNotName() {
        var before = created(PYTHON + ",\"LoggingConfig\":{\"LogGroup\":\"/own\"}");
        assertThat(updated(before, ",\"LoggingConfig\":{\"LogFormat\":\"Text\"}")
                        .logging()
                        .logGroup())
                .isEqualTo("/own");
    }

    @Test
    void limitsTags() {
        var tooMany = IntStream.range(0, 51).boxed().collect(Collectors.toMap(i -> "k" + i, i -> "v"));
        assertThat(catchThrowableOfType(LambdaApiException.class, () -> ConfigurationRules.checkTags(tooMany)))
                .hasMessage("Number of tags exceeds resource tag limit.");
        assertThat(catchThrowableOfType(
                        LambdaApiException.class, () -> ConfigurationRules.checkTags(Map.of("aws:x", "v"))))
                .hasMessage("aws: prefixed tag key names are not allowed for external use.");
    }
}
