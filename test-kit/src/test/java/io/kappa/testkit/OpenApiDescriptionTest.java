package io.kappa.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.http.HttpMethod;
import org.junit.jupiter.api.Test;

class OpenApiDescriptionTest {
    private record Shelf(String name, int books) {}

    private static OpenApiDescription description(String name) {
        return OpenApiDescription.of(OpenApiDescriptionTest.class, name);
    }

    @Test
    void namesOperationsAsTheyAreMounted() {
        assertThat(description("shelves.json").operations())
                .containsExactlyInAnyOrder(
                        OpenApiDescription.operation(HttpMethod.GET, "/v1/shelves/:shelf"),
                        OpenApiDescription.operation(HttpMethod.DELETE, "/v1/shelves/:shelf"));
    }

    @Test
    void namesTheMembersOfASchema() {
        assertThat(description("shelves.json").members("Shelf")).isEqualTo(OpenApiDescription.membersOf(Shelf.class));
        assertThat(description("shelves.json").members("Chair")).isEmpty();
    }

    @Test
    void findsNothingWrongInAValidDescription() {
        assertThat(description("shelves.json").problems()).isEmpty();
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(description("broken-shelves.json").problems()).isNotEmpty();
    }

    @Test
    void aDescriptionThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> description("gone.json")).hasMessage("gone.json");
    }
}
