package io.kappa.router.registry;

import static io.kappa.router.registry.Samples.ACCOUNT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.layer.FunctionLayer;
import io.kappa.contracts.layer.LayerArn;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.LayerVersionRecord;
import io.kappa.contracts.registry.LayerVersionRecord.Statement;
import io.kappa.router.registry.CommandRecord.Ask;
import io.kappa.router.registry.RegistryCommand.AddLayerVersionPermission;
import io.kappa.router.registry.RegistryCommand.DeleteLayerVersion;
import io.kappa.router.registry.RegistryCommand.PublishLayerVersion;
import io.kappa.router.registry.RegistryCommand.RemoveLayerVersionPermission;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionConfiguration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes here lie in topics while routers of several releases run. Add to them, never change them. */
class LayerWireRecordsTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final LayerArn LAYER = new LayerArn("us-east-1", ACCOUNT, "tools");
    private static final String VERSION = "\"version\":\"arn:aws:lambda:us-east-1:111111111111:layer:tools:3\"";
    private static final CodePackage CODE = Samples.code('a', "u1").withUnzippedSize(1000);
    private static final String CODE_JSON = "{\"sha256\":\"" + "a".repeat(64)
            + "\",\"uploadId\":\"u1\",\"size\":276,\"partition\":0,\"offsets\":[7],\"unzippedSize\":1000}";

    private static final RecordCodec<CommandRecord> COMMANDS = RecordCodec.of(CommandRecord.class);
    private static final RecordCodec<ReplyRecord> REPLIES = RecordCodec.of(ReplyRecord.class);

    static Stream<Arguments> commands() {
        return Stream.of(
                Arguments.of(
                        "{\"kind\":\"publish-layer-version\",\"layer\":\"" + LAYER + "\",\"code\":" + CODE_JSON
                                + ",\"description\":\"d\",\"compatibleRuntimes\":[\"python3.13\"],"
                                + "\"compatibleArchitectures\":[\"arm64\"],\"license\":\"MIT\"}",
                        new PublishLayerVersion(LAYER, CODE, "d", List.of("python3.13"), List.of("arm64"), "MIT")),
                Arguments.of(
                        "{\"kind\":\"delete-layer-version\"," + VERSION + "}",
                        new DeleteLayerVersion(LAYER.version(3))),
                Arguments.of(
                        "{\"kind\":\"add-layer-version-permission\"," + VERSION
                                + ",\"statement\":{\"id\":\"s\",\"principal\":\"*\",\"organization\":\"o-0123456789\"},"
                                + "\"revisionId\":\"r\"}",
                        new AddLayerVersionPermission(LAYER.version(3), new Statement("s", "*", "o-0123456789"), "r")),
                Arguments.of(
                        "{\"kind\":\"remove-layer-version-permission\"," + VERSION + ",\"statementId\":\"s\"}",
                        new RemoveLayerVersionPermission(LAYER.version(3), "s", null)),
                Arguments.of(
                        "{\"kind\":\"update-function-configuration\",\"function\":\"" + Samples.GREET
                                + "\",\"change\":{\"layers\":[{\"arn\":\"" + LAYER + ":3\",\"code\":" + CODE_JSON
                                + "}]}}",
                        new UpdateFunctionConfiguration(
                                Samples.GREET,
                                Samples.unchanged().withLayers(List.of(new FunctionLayer(LAYER.version(3), CODE))),
                                null)));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void commandsAreWrittenByteForByteAndReadAgain(String golden, RegistryCommand command) {
        var asked = new Ask("c1", NOON, command);
        var bytes = "{\"kind\":\"ask\",\"v\":1,\"id\":\"c1\",\"asked\":\"2026-11-20T12:00:00Z\",\"command\":" + golden
                + "}";

        assertThat(COMMANDS.encode(asked)).asString(UTF_8).isEqualTo(bytes);
        assertThat(COMMANDS.decode(bytes.getBytes(UTF_8))).isEqualTo(asked);
    }

    @Test
    void repliesAreWrittenByteForByteAndReadAgain() {
        var version = new LayerVersionRecord(LAYER.version(3), CODE, "", List.of(), List.of(), null, NOON, null);
        var reply = new ReplyRecord("c1", ACCOUNT, 7, new Verdict.Answered(RegistryAnswer.Done.with(version)));
        var golden = "{\"v\":1,\"commandId\":\"c1\",\"account\":\"111111111111\",\"sequence\":7,\"verdict\":"
                + "{\"kind\":\"answered\",\"answer\":{\"kind\":\"done\",\"layerVersion\":{\"kind\":\"layer-version\","
                + "\"v\":1," + VERSION + ",\"code\":" + CODE_JSON + ",\"description\":\"\",\"compatibleRuntimes\":[],"
                + "\"compatibleArchitectures\":[],\"created\":\"2026-11-20T12:00:00Z\"}}}}";

        assertThat(REPLIES.encode(reply)).asString(UTF_8).isEqualTo(golden);
        assertThat(REPLIES.decode(golden.getBytes(UTF_8))).isEqualTo(reply);
    }
}
