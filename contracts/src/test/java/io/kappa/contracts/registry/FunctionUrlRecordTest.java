package io.kappa.contracts.registry;

import static io.kappa.contracts.registry.Samples.FUNCTION;
import static io.kappa.contracts.registry.Samples.NOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.FunctionUrlRecord.AuthType;
import io.kappa.contracts.registry.FunctionUrlRecord.Cors;
import io.kappa.contracts.registry.FunctionUrlRecord.InvokeMode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FunctionUrlRecordTest {
    private static final RecordCodec<RegistryRecord> CODEC = RecordCodec.of(RegistryRecord.class);
    private static final Cors CORS = new Cors(true, List.of("x-a"), List.of("GET"), List.of("*"), List.of("x-b"), 300);

    private static FunctionUrlRecord url(String qualifier, char letter, @Nullable Cors cors) {
        return new FunctionUrlRecord(
                FUNCTION,
                qualifier,
                String.valueOf(letter).repeat(32),
                AuthType.AWS_IAM,
                InvokeMode.RESPONSE_STREAM,
                cors,
                NOON,
                NOON);
    }

    @Test
    void urlsAreWrittenByteForByteAndReadAgain() {
        var written = """
                {"kind":"function-url","v":1,"function":"arn:aws:lambda:us-east-1:111111111111:function:greet",\
                "qualifier":"live","urlId":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","authType":"AWS_IAM",\
                "invokeMode":"RESPONSE_STREAM","cors":{"allowCredentials":true,"allowHeaders":["x-a"],\
                "allowMethods":["GET"],"allowOrigins":["*"],"exposeHeaders":["x-b"],"maxAge":300},\
                "created":"2026-11-20T12:00:00.123Z","lastModified":"2026-11-20T12:00:00.123Z"}""";
        var url = url("live", 'a', CORS);

        assertThat(CODEC.encode(url)).asString(UTF_8).isEqualTo(written);
        assertThat(CODEC.decode(written.getBytes(UTF_8))).isEqualTo(url);
        assertThat(CODEC.decode(written.replaceFirst("\\{", "{\"colour\":[1],").getBytes(UTF_8)))
                .isEqualTo(url);
        assertThat(CODEC.encode(url("live", 'a', null))).asString(UTF_8).doesNotContain("cors");
    }

    @Test
    void keysSayOfWhich() {
        assertThat(RegistryKey.parse(url("live", 'a', null).key()))
                .isEqualTo(new RegistryKey.OfFunctionUrl(FUNCTION, "live"));
        assertThat(RegistryKey.parse(url("$LATEST", 'a', null).key()))
                .isEqualTo(new RegistryKey.OfFunctionUrl(FUNCTION, "$LATEST"));
    }

    @Test
    void anIdHas32LettersAndDigits() {
        assertThatThrownBy(() -> url("live", 'A', null)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aViewFindsThemByIdUntilTheyAreGoneOrMadeAnew() {
        var view = new RegistryView();
        var first = url("$LATEST", 'a', null);
        var alias = url("live", 'b', CORS);
        view.apply(alias.key(), CODEC.encode(alias), 1);
        view.apply(first.key(), CODEC.encode(first), 2);
        assertThat(view.urlWithId(first.urlId())).contains(first);
        assertThat(view.url(FUNCTION, "live")).contains(alias);
        assertThat(view.urls(FUNCTION)).containsExactly(first, alias);

        var second = url("$LATEST", 'c', null);
        view.apply(second.key(), CODEC.encode(second), 3);
        assertThat(view.urlWithId(first.urlId())).isEmpty();
        assertThat(view.urlWithId(second.urlId())).contains(second);

        view.apply(second.key(), null, 4);
        assertThat(view.urlWithId(second.urlId())).isEmpty();
        assertThat(view.urls(FUNCTION)).containsExactly(alias);
        assertThat(view.reached("111111111111", 4).toCompletableFuture()).isCompleted();
    }
}
