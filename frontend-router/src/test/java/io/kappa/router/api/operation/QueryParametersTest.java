package io.kappa.router.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueryParametersTest {
    @Test
    void decodesNamesAndValues() {
        assertThat(QueryParameters.decoded("Marker=a%2Fb&tagKeys=x+y&tagKeys=%C3%A4"))
                .isEqualTo(Map.of("Marker", List.of("a/b"), "tagKeys", List.of("x y", "ä")));
        assertThat(QueryParameters.first("tagKeys=x&tagKeys=y", "tagKeys")).isEqualTo("x");
        assertThat(QueryParameters.first(null, "tagKeys")).isNull();
    }

    @Test
    void leavesWhatCannotBeDecodedAsItIs() {
        assertThat(QueryParameters.decoded("Qualifier=%&Marker=%zz"))
                .isEqualTo(Map.of("Qualifier", List.of("%"), "Marker", List.of("%zz")));
    }
}
