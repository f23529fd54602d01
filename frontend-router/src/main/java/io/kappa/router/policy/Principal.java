package io.kappa.router.policy;

import java.util.regex.Pattern;

/** Whom a statement of a resource-based policy is about. */
public sealed interface Principal {

    /** How much a statement says of a caller. */
    enum Reach {
        /** It is about somebody else. */
        NONE,
        /** It is about the caller's account, which says by its own policies for whom it holds. */
        ACCOUNT,
        /** It is about the caller, whatever its account says. */
        CALLER
    }

    record Everyone() implements Principal {
        @Override
        public Reach reach(Caller caller) {
            return Reach.CALLER;
        }
    }

    record Service(String name) implements Principal {
        @Override
        public Reach reach(Caller caller) {
            return caller instanceof Caller.Service service && service.name().equals(name) ? Reach.CALLER : Reach.NONE;
        }
    }

    /** @param arn of a user, a role, a session of a role, or of the root, which stands for the account */
    record Aws(String arn) implements Principal {
        private static final Pattern ROOT = Pattern.compile("arn:aws[a-z-]*:iam::(\\d{12}):root");
        private static final Pattern ROLE = Pattern.compile("arn:aws[a-z-]*:iam::(\\d{12}):role/(?:.*/)?([^/]+)");
        private static final Pattern SESSION = Pattern.compile("arn:aws[a-z-]*:sts::(\\d{12}):assumed-role/([^/]+)/.+");

        @Override
        public Reach reach(Caller caller) {
            if (!(caller instanceof Caller.Identity(var account, var callerArn))) {
                return Reach.NONE;
            }
            if (arn.equals(callerArn) || isRoleOf(callerArn)) {
                return Reach.CALLER;
            }
            var root = ROOT.matcher(arn);
            return root.matches() && root.group(1).equals(account) ? Reach.ACCOUNT : Reach.NONE;
        }

        /** A session is named by its role without the path. */
        private boolean isRoleOf(String session) {
            var role = ROLE.matcher(arn);
            var assumed = SESSION.matcher(session);
            return role.matches()
                    && assumed.matches()
                    && role.group(1).equals(assumed.group(1))
                    && role.group(2).equals(assumed.group(2));
        }
    }

    Reach reach(Caller caller);
}
