package io.kappa.access.encryption;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kappa.access.encryption.SealedException.Cause;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.SealedVariables;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VariablesCipherTest {
    private static final FunctionArn GREET = FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet");
    private static final FunctionArn PART = FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:part");
    private static final Map<String, String> VARIABLES =
            Map.of("PASSWORD", "abracadabra", "EMPTY", "", "LIKE", "é\n\"");

    @TempDir
    private Path directory;

    private VariablesCipher cipher;

    @BeforeEach
    void takeKeys() {
        cipher = new VariablesCipher(LocalKeys.madeIn(directory.resolve("keys"), Clock.systemUTC()));
    }

    private static FunctionConfiguration configuration(Map<String, String> plain) {
        return new FunctionConfiguration(
                RuntimeIdentifier.PYTHON3_13,
                "arn:aws:iam::111111111111:role/r",
                "m.h",
                "",
                3,
                128,
                512,
                plain,
                List.of("x86_64"),
                new LoggingConfiguration("Text", null, null, "/aws/lambda/greet"),
                "PassThrough",
                null,
                null);
    }

    private Map<String, String> opened(FunctionArn function, SealedVariables sealed) {
        return cipher.open(function, configuration(Map.of()).withEnvironment(sealed));
    }

    private Cause refused(FunctionArn function, SealedVariables sealed) {
        return catchThrowableOfType(SealedException.class, () -> opened(function, sealed))
                .why();
    }

    @Test
    void whatIsSealedIsOpenedAndTellsNothingMeanwhile() {
        var sealed = cipher.seal(GREET, VARIABLES);

        assertThat(opened(GREET, sealed)).isEqualTo(VARIABLES);
        assertThat(sealed.toString()).doesNotContain("PASSWORD").doesNotContain("abracadabra");
        assertThat(new String(Base64.getDecoder().decode(sealed.variables()), ISO_8859_1))
                .doesNotContain("PASSWORD")
                .doesNotContain("abracadabra");
    }

    @Test
    void theSameVariablesNeverLookTheSame() {
        assertThat(cipher.seal(GREET, VARIABLES)).isNotEqualTo(cipher.seal(GREET, VARIABLES));
    }

    @Test
    void variablesOfOneFunctionAreNotThoseOfAnother() {
        var sealed = cipher.seal(GREET, VARIABLES);
        var others = cipher.seal(GREET, Map.of("A", "1"));

        assertThat(refused(PART, sealed)).isEqualTo(Cause.NOT_AUTHENTIC);
        assertThat(refused(GREET, new SealedVariables(sealed.keyId(), sealed.dataKey(), others.variables())))
                .isEqualTo(Cause.NOT_AUTHENTIC);
    }

    @Test
    void whatWasChangedIsNotOpened() {
        var sealed = cipher.seal(GREET, VARIABLES);
        var bytes = Base64.getDecoder().decode(sealed.variables());
        bytes[bytes.length - 1] ^= 1;
        var changed = Base64.getEncoder().encodeToString(bytes);

        assertThat(refused(GREET, new SealedVariables(sealed.keyId(), sealed.dataKey(), changed)))
                .isEqualTo(Cause.NOT_AUTHENTIC);
        assertThat(refused(GREET, new SealedVariables(sealed.keyId(), "?", sealed.variables())))
                .isEqualTo(Cause.NOT_AUTHENTIC);
        assertThat(refused(GREET, new SealedVariables("another", sealed.dataKey(), sealed.variables())))
                .isEqualTo(Cause.KEY_NOT_FOUND);
    }

    @Test
    void variablesThatWereNeverSealedNeedNoKey() {
        var keyless = new VariablesCipher(LocalKeys.in(directory.resolve("none")));

        assertThat(keyless.open(GREET, configuration(VARIABLES))).isEqualTo(VARIABLES);
        assertThat(keyless.open(GREET, configuration(Map.of()))).isEmpty();
    }
}
