package io.kappa.router.autoscaling.use;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.provisioned.ProvisionedUseReport;
import io.kappa.contracts.provisioned.ProvisionedUseReport.Use;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes averages over minutes of what is looked at several times in each. Belongs to one thread. */
final class UseMeter {
    private static final long SECONDS = 60;

    private final String router;
    private final Map<VersionArn, Sums> sums = new LinkedHashMap<>();
    private long minute = Long.MIN_VALUE;
    private int samples;

    private static final class Sums {
        private long running;
        private long ready;
    }

    /** What is seen of one version at one moment. */
    record Sample(VersionArn version, int running, int ready) {}

    UseMeter(String router) {
        this.router = router;
    }

    /**
     * Takes in what is seen at a moment.
     *
     * @return the reports on the minute before, one for each account, where this moment is the first of another; otherwise none
     */
    List<ProvisionedUseReport> take(Instant now, List<Sample> seen) {
        long current = Math.floorDiv(now.getEpochSecond(), SECONDS);
        var reports = current == minute ? List.<ProvisionedUseReport>of() : finished();
        minute = current;
        samples++;
        for (var sample : seen) {
            var sum = sums.computeIfAbsent(sample.version(), _ -> new Sums());
            sum.running += sample.running();
            sum.ready += sample.ready();
        }
        return reports;
    }

    private List<ProvisionedUseReport> finished() {
        var byAccount = new TreeMap<String, List<Use>>();
        sums.forEach((version, sum) -> byAccount
                .computeIfAbsent(version.function().account(), _ -> new ArrayList<>())
                .add(new Use(version, (double) sum.running / samples, (double) sum.ready / samples)));
        var reports = new ArrayList<ProvisionedUseReport>();
        byAccount.forEach((account, uses) -> reports.add(new ProvisionedUseReport(router, account, minute, uses)));
        sums.clear();
        samples = 0;
        return reports;
    }
}
