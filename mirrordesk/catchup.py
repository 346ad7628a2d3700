"""What stored moments still need of the models that are set, done whenever nothing new waits.

Three kinds of work, in this order: channels that waited for their encoder; speech that a model for
trying things out wrote down; and vectors, when a channel is given another model. Each is done in
portions, the newest moments first, may be killed at any time and goes on where it was.

While another image or text model takes over, search goes on with the old vectors. A moment that is
new is encoded by the new model when it is read, and by the old one here, before anything older: so
it is found by its meaning at once, and by its words alone where the old model is no longer there.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from mirrordesk.attempts import TOGETHER, Attempts
from mirrordesk.errors import WeightsError
from mirrordesk.memory.media import Media
from mirrordesk.memory.renewal import Renewal
from mirrordesk.memory.spaces import CHANNELS, encoded_of
from mirrordesk.memory.store import Store
from mirrordesk.perception.base import Pixels, VectorEncoder
from mirrordesk.perception.encoders import Encoders
from mirrordesk.perception.perceiver import Perceiver, with_state
from mirrordesk.records import Channel, Moment, State
from mirrordesk.redaction import paint

Breathe = Callable[[], None]


class CatchUp:
    """Brings stored moments up to the encoders there are.

    `remove_forgotten` deletes the media of those moments that were forgotten meanwhile.
    `left` tells how many moments a model that took over has still to do, by channel.
    """

    def __init__(
        self,
        store: Store,
        media: Media,
        encoders: Encoders,
        perceiver: Perceiver,
        attempts: Attempts,
        remove_forgotten: Callable[[Sequence[Moment]], None],
    ) -> None:
        self._store = store
        self._media = media
        self._encoders = encoders
        self._perceiver = perceiver
        self._attempts = attempts
        self._remove_forgotten = remove_forgotten
        self._renewal = Renewal(store)
        self.left = self._survey()

    def step(self, breathe: Breathe) -> int:
        """Do one portion; how many moments it was, 0 where nothing can be done."""
        done = self._complete(breathe) or self._hear_anew(breathe)
        for channel in CHANNELS:
            done = done or self._renew(channel)
        self.left = self._survey()
        return done

    def _survey(self) -> dict[str, int]:
        left = {
            channel.value: len(self._renewal.lacking(channel, choice.identity))
            for channel in CHANNELS
            if (choice := self._encoders.choice(channel))
        }
        left[Channel.SPEECH.value] = self._heard_badly()
        return {channel: number for channel, number in left.items() if number}

    def _complete(self, breathe: Breathe) -> int:
        """Moments whose encoder was not there when they came."""
        counts = self._store.pending_counts()
        for channel in Channel:
            # counted first: asking for an encoder opens it
            if counts[channel] and self._encoders.find(channel):
                return self._portion(
                    channel,
                    State.PENDING,
                    functools.partial(self._fill, breathe),
                    given_up=State.FAILED,
                )
        return 0

    def _fill(self, breathe: Breathe, moments: Sequence[Moment]) -> list[Moment]:
        """Complete moments. A frame that was kept unread may show a secret: it is painted over."""
        filled = self._perceiver.fill(moments, {}, breathe)
        for moment in filled.moments:
            if moment.id in filled.painted:
                self._repaint(moment, filled.painted[moment.id])
        return filled.moments

    def _repaint(self, moment: Moment, pixels: Pixels) -> None:
        """Put what may be kept in the place of the picture. Cut off in between, there is none."""
        assert moment.media is not None  # it was read from there
        self._media.remove(moment.media)
        self._media.put_frame(moment.id, moment.start_ns, moment.zone, paint.png(pixels))
        self._remove_forgotten([moment])  # somebody forgetting it just now found no file

    def _hear_anew(self, breathe: Breathe) -> int:
        """Speech that a model for trying things out wrote down, once there is a real one."""
        if not self._heard_badly():
            return 0
        return self._portion(
            Channel.SPEECH,
            State.PROVISIONAL,
            functools.partial(self._perceiver.hear_anew, breathe=breathe),
            given_up=State.DONE,  # with the words that it has
        )

    def _heard_badly(self) -> int:
        """How many utterances the speech model that is set should write down again."""
        choice = self._encoders.choice(Channel.SPEECH)
        if choice is None or choice.micro:
            return 0
        return self._store.counts_in(State.PROVISIONAL)[Channel.SPEECH]

    def _portion(
        self,
        channel: Channel,
        state: State,
        do: Callable[[Sequence[Moment]], list[Moment]],
        given_up: State,
    ) -> int:
        """Complete some of the moments whose `channel` is in `state`."""
        waiting = self._store.newest(channel, state, TOGETHER)
        named = {f"{state} {channel} {moment.id}": moment for moment in waiting}
        with self._attempts.portion(list(named)) as portion:
            results = do([named[name] for name in portion.able])
            results += [with_state(named[name], channel, given_up) for name in portion.hopeless]
            self._store.complete(results)
        return len(portion)

    def _renew(self, channel: Channel) -> int:
        """Vectors of moments that have none of the model that serves, or of the one to come."""
        choice = self._encoders.choice(channel)
        if choice is None:
            return 0
        serving = self._renewal.serving(channel)
        for model in dict.fromkeys((serving, choice.identity)):
            lacking = self._renewal.lacking(channel, model) if model else []
            if model and lacking and (encoder := self._encoder(channel, model)):
                return self._encode(channel, encoder, lacking)
        if self._renewal.settle(channel, choice.identity):
            self._encoders.let_go(channel)
        return 0

    def _encoder(self, channel: Channel, model: str) -> VectorEncoder | None:
        try:
            return self._encoders.made(channel, model)
        except WeightsError:  # words find what is new until the other model has taken over
            return None

    def _encode(self, channel: Channel, encoder: VectorEncoder, lacking: Sequence[str]) -> int:
        most = max(TOGETHER, encoder.together)
        named = {f"{encoder.identity} {key}": key for key in lacking[:most]}
        with self._attempts.portion(list(named), most) as portion:
            moments = self._store.known([named[name] for name in portion.able])
            made = self._perceiver.vectors(encoder, list(moments.values()))
            for moment in self._store.known([named[name] for name in portion.hopeless]).values():
                made |= dict.fromkeys(origin.id for origin in encoded_of(moment, channel))
            self._renewal.file(channel, encoder.identity, encoder.dimensions, made)
        return len(portion)
