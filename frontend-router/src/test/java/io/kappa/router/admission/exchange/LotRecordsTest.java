package io.kappa.router.admission.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.router.admission.lots.HolderId;
import io.kappa.router.admission.lots.LotGrant;
import io.kappa.router.admission.lots.LotRequest;
import io.kappa.router.admission.lots.Pool;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is recorded stays readable: the bytes of this release, with a member that a later one may add. */
class LotRecordsTest {
    private static final FunctionArn F = FunctionArn.parse("arn:aws:lambda:us-east-1:000000000000:function:f");
    private static final HolderId HOLDER = new HolderId("router-1", "life-1");
    private static final String REQUEST = """
            {"v":1,"router":"router-1","incarnation":"life-1","sequence":8,"accepted":7,"mood":"good","needs":[\
            {"pool":{"kind":"reserved","function":"arn:aws:lambda:us-east-1:000000000000:function:f"},\
            "held":5,"demand":6,"pressing":4,"longestRun":8000000000}]}""";
    private static final String GRANT = """
            {"v":1,"router":"router-1","incarnation":"life-1","sequence":8,"lease":15000000000,"mood":"good","lots":[\
            {"pool":{"kind":"unreserved"},"tokens":5,"due":6,"limit":10,"counted":7,"demand":9,"pressing":8,"longestRun":8000000000,\
            "countedFor":23464646465}]}""";
    private static final String OF_PROVISIONED = GRANT.replace(
            "\"unreserved\"", "\"provisioned\",\"version\":\"arn:aws:lambda:us-east-1:000000000000:function:f:2\"");

    private static final LotRequest ASKED =
            new LotRequest(HOLDER, 8, 7, Map.of(new Pool.Reserved(F), new LotRequest.Need(5, 6, 4, 8_000_000_000L)));
    private static final LotGrant GRANTED = new LotGrant(
            HOLDER,
            8,
            15_000_000_000L,
            Map.of(new Pool.Unreserved(), new LotGrant.Lot(5, 6, 10, 7, 9, 8, 8_000_000_000L, 23_464_646_465L)));

    private static final LotGrant GRANTED_OF_PROVISIONED = new LotGrant(
            HOLDER,
            8,
            15_000_000_000L,
            Map.of(
                    new Pool.Provisioned(new VersionArn(F, new Version.Published(2))),
                    new LotGrant.Lot(5, 6, 10, 7, 9, 8, 8_000_000_000L, 23_464_646_465L)));

    private static String withoutMood(String json) {
        return json.replace("\"mood\":\"good\",", "");
    }

    @Test
    void requestsAreWrittenAndReadAsTheyEverWere() {
        assertThat(new String(RequestRecord.encode(ASKED), UTF_8)).isEqualTo(withoutMood(REQUEST));
        assertThat(RequestRecord.decode(REQUEST.getBytes(UTF_8))).isEqualTo(ASKED);
    }

    @Test
    void grantsAreWrittenAndReadAsTheyEverWere() {
        assertThat(new String(GrantRecord.encode(GRANTED), UTF_8)).isEqualTo(withoutMood(GRANT));
        assertThat(GrantRecord.decode(GRANT.getBytes(UTF_8))).isEqualTo(GRANTED);
        assertThat(new String(GrantRecord.encode(GRANTED_OF_PROVISIONED), UTF_8))
                .isEqualTo(withoutMood(OF_PROVISIONED));
        assertThat(GrantRecord.decode(OF_PROVISIONED.getBytes(UTF_8))).isEqualTo(GRANTED_OF_PROVISIONED);
        assertThat(GrantRecord.key(HOLDER)).isEqualTo("router-1/life-1");
    }

    @Test
    void whatEarlierReleasesDemandedIsAllPressing() {
        var request = REQUEST.replace("\"pressing\":4,", "").getBytes(UTF_8);
        var grant = GRANT.replace("\"pressing\":8,", "").getBytes(UTF_8);
        assertThat(RequestRecord.decode(request).needs().values())
                .extracting(LotRequest.Need::pressing)
                .containsExactly(6);
        assertThat(GrantRecord.decode(grant).lots().values())
                .extracting(LotGrant.Lot::pressing)
                .containsExactly(9);
    }

    @Test
    void aPoolOfAnUnknownKindIsAnError() {
        var newer = GRANT.replace("unreserved", "borrowed").getBytes(UTF_8);
        assertThatThrownBy(() -> GrantRecord.decode(newer)).isInstanceOf(IllegalStateException.class);
    }
}
