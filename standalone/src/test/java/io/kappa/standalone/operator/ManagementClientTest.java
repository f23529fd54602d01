package io.kappa.standalone.operator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What keeps the API from answering, as those see it who have called a command. */
class ManagementClientTest {

    @Test
    void aRefusalIsItsMessageInOneLineAndStatusOne() {
        try (var api = new FakeApi().answers(404, "{\"error\": \"NOT_FOUND\", \"message\": \"no event\\nx waits\"}")) {
            var console = new OperatorConsole(api.url());
            assertThat(console.run("queue", "show", "x/y z")).isEqualTo(1);
            assertThat(console.err().lines()).containsExactly("kappa: no event x waits");
            assertThat(console.out()).isEmpty();
            assertThat(api.requests()).containsExactly("GET /v1/async-queue/events/x%2Fy%20z");
        }
    }

    @Test
    void nobodyThereIsSaidWithWhatToLookAt() {
        var gone = new FakeApi();
        gone.close();
        var console = new OperatorConsole(gone.url() + "/");
        assertThat(console.run("queue", "list")).isEqualTo(1);
        assertThat(console.err().lines())
                .containsExactly("kappa: nothing answers at " + gone.url()
                        + "; is the platform running, or is --management-url elsewhere?");
    }

    @Test
    void aServerWithoutTheApiIsNamed() {
        try (var other = new FakeApi().answers(404, "<h1>Resource not found</h1>")) {
            var console = new OperatorConsole(other.url());
            assertThat(console.run("dead-letters", "counts")).isEqualTo(1);
            assertThat(console.err().lines())
                    .containsExactly("kappa: HTTP 404 for GET " + other.url() + "/v1/dead-letters/counts"
                            + "; does a platform that has this listen there?");
        }
    }

    @Test
    void anAnswerThatIsNoJsonIsNotShownAsOne() {
        try (var other = new FakeApi().answers("<h1>Welcome</h1>")) {
            var console = new OperatorConsole(other.url());
            assertThat(console.run("queue", "list", "--output", "json")).isEqualTo(1);
            assertThat(console.err()).contains("is not the management API of a platform");
            assertThat(console.out()).isEmpty();
        }
    }

    @Test
    void whatIsNoUrlIsAWrongArgument() {
        for (var url : new String[] {"localhost:9001", "", "ftp://localhost"}) {
            var console = new OperatorConsole(url);
            assertThat(console.run("queue", "list")).as(url).isEqualTo(2);
            assertThat(console.err())
                    .contains("--management-url is no URL such as http://127.0.0.1:9001: '" + url + "'");
        }
    }
}
