// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.io.IOException;
import java.io.InputStream;

/** What a caller does with its answer. */
enum Ending {
    READ_ALL {
        @Override
        String of(Answer answer, Scene scene) throws IOException {
            try {
                return scene.check(answer, answer.body().readAllBytes());
            } finally {
                answer.close();
            }
        }
    },
    READ_ALL_AND_CLOSE_THE_BODY {
        @Override
        String of(Answer answer, Scene scene) throws IOException {
            try (InputStream body = answer.body()) {
                return scene.check(answer, body.readAllBytes());
            } finally {
                answer.close();
            }
        }
    },
    CLOSE_EARLY {
        @Override
        String of(Answer answer, Scene scene) throws IOException {
            try {
                scene.readSome(answer);
                return scene.check(answer);
            } finally {
                answer.close();
            }
        }
    },
    CLOSE_THE_BODY_EARLY {
        @Override
        String of(Answer answer, Scene scene) throws IOException {
            try (InputStream body = answer.body()) {
                scene.readSome(answer);
                return scene.check(answer);
            } finally {
                answer.close();
            }
        }
    },
    /** Another thread closes while this one reads. */
    CLOSED_BY_ANOTHER {
        @Override
        String of(Answer answer, Scene scene) throws IOException {
            scene.later(3, "close of " + scene.order(), answer::close);
            try {
                return scene.check(answer, answer.body().readAllBytes());
            } finally {
                answer.close();
            }
        }
    },
    BODY_CLOSED_BY_ANOTHER {
        @Override
        String of(Answer answer, Scene scene) throws IOException {
            InputStream body = answer.body();
            scene.later(3, "close of the body of " + scene.order(), body::close);
            try {
                return scene.check(answer, body.readAllBytes());
            } finally {
                answer.close();
            }
        }
    },
    CLOSE_TWICE {
        @Override
        String of(Answer answer, Scene scene) throws IOException {
            scene.later(1, "second close of " + scene.order(), answer::close);
            scene.later(1, "third close of " + scene.order(), answer::close);
            try {
                scene.readSome(answer);
                return scene.check(answer);
            } finally {
                answer.close();
                answer.close();
            }
        }
    },
    /** Until the garbage collector finds it. */
    DROP {
        @Override
        String of(Answer answer, Scene scene) throws IOException {
            return scene.check(answer);
        }
    },
    /** It is read and closed later, perhaps when its client is closed already. */
    HOLD {
        @Override
        String of(Answer answer, Scene scene) throws IOException {
            scene.later(500, "close of a held " + scene.order(), () -> {
                try {
                    scene.check(answer, answer.body().readAllBytes());
                } finally {
                    answer.close();
                }
            });
            return scene.check(answer);
        }
    },
    THROW {
        @Override
        String of(Answer answer, Scene scene) throws IOException {
            try {
                scene.readSome(answer);
                scene.check(answer);
                scene.fault().raise();
                return "";
            } finally {
                answer.close();
            }
        }
    };

    /**
     * Deals with the answer.
     *
     * @return the word for it
     */
    abstract String of(Answer answer, Scene scene) throws IOException;
}
