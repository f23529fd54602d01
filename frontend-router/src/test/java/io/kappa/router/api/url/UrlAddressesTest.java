package io.kappa.router.api.url;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UrlAddressesTest {
    private static final String ID = "abcdefghijklmnopqrstuvwxyz012345";

    @Test
    void areBelowTheRoutersOwnOrAsTheSettingSays() {
        assertThat(new UrlAddresses(Optional.empty()).of(ID, "http://kappa:9000"))
                .isEqualTo("http://kappa:9000/kappa/urls/" + ID + "/");
        assertThat(new UrlAddresses(Optional.of("https://{id}.lambda-url.example.org")).of(ID, "http://kappa:9000"))
                .isEqualTo("https://" + ID + ".lambda-url.example.org/");
    }

    @ParameterizedTest
    @CsvSource({
        ID + ".lambda-url.localhost:9000, " + ID,
        ID + ".lambda-url.us-east-1.on.aws, " + ID,
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345.Lambda-URL.localhost, " + ID,
        "x" + ID + ".lambda-url.localhost,",
        "localhost:9000,",
        ",",
    })
    void areKnownByTheirHost(@Nullable String host, @Nullable String id) {
        assertThat(UrlAddresses.idInHost(host)).isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource({ID + ", /", ID + "/, /", ID + "/a/b%20c, /a/b%20c", "'', /"})
    void areKnownByTheirPathOfWhichTheFunctionSeesTheRest(String path, String seen) {
        assertThat(UrlAddresses.idIn(UrlAddresses.PATH + path)).isEqualTo(path.isEmpty() ? "" : ID);
        assertThat(UrlAddresses.pathIn(UrlAddresses.PATH + path)).isEqualTo(seen);
    }
}
