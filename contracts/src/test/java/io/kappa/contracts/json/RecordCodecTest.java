package io.kappa.contracts.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
    private final RecordCodec<Names> codec = RecordCodec.of(Names.class);

    record Names(FunctionArn function, VersionArn version, Version number, RuntimeIdentifier runtime) {}

    record Table(Map<String, String> entries) {}

    @Test
    void namesAreWrittenAsTheirText() {
        var function = FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet");
        var names = new Names(
                function,
                new VersionArn(function, new Version.Latest()),
                new Version.Published(3),
                RuntimeIdentifier.JAVA25);
        var text = """
                {"function":"arn:aws:lambda:us-east-1:111111111111:function:greet",\
                "version":"arn:aws:lambda:us-east-1:111111111111:function:greet:$LATEST","number":"3","runtime":"java25"}""";

        assertThat(codec.encode(names)).asString(UTF_8).isEqualTo(text);
        assertThat(codec.decode(text.getBytes(UTF_8))).isEqualTo(names);
    }

    @Test
    void namesThatCannotBeAreRefused() {
        assertThatThrownBy(() -> codec.decode("{\"runtime\":\"cobol\"}".getBytes(UTF_8)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cobol");
        assertThatThrownBy(() -> codec.decode("{\"number\":\"live\"}".getBytes(UTF_8)))
                .isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void equalRecordsHaveEqualBytes() {
        var table = RecordCodec.of(Table.class);
        var forwards = new LinkedHashMap<String, String>();
        var backwards = new LinkedHashMap<String, String>();
        for (int i = 0; i < 9; i++) {
            forwards.put("k" + i, "v");
            backwards.put("k" + (8 - i), "v");
        }

        assertThat(table.encode(new Table(backwards))).isEqualTo(table.encode(new Table(forwards)));
    }
}
