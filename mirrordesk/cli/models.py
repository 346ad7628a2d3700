"""What `mirrordesk models …` does: list, recommend, pull, verify, use, remove."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterable
from pathlib import Path
from shlex import quote
from typing import Any

from mirrordesk import config, words
from mirrordesk.cli.output import result, say
from mirrordesk.errors import UsageError, WeightsError
from mirrordesk.paths import Profile
from mirrordesk.registry import advice, machine, pull, registering, removal, shelf
from mirrordesk.registry.advice import Advice
from mirrordesk.registry.model import Model, Role


def listing(options: argparse.Namespace, profile: Profile) -> int:
    used = _used(profile)
    listed = shelf.models()
    rows = [_row(model, used) for model in listed.values()]
    rows += [_file_row(role, name) for role, name in used.items() if name not in listed]
    rows.sort(key=lambda row: list(Role).index(row["role"]))
    return result(options, rows, _list_lines(rows))


def _used(profile: Profile) -> dict[Role, str]:
    """The model that each role is set to; roles without a choice or a model are left out."""
    values = config.flat(config.load(profile))
    set_to = {role: values[role.setting] for role in Role if role.setting}
    return {role: name for role, name in set_to.items() if name}


def _row(model: Model, used: dict[Role, str]) -> dict[str, Any]:
    installed = shelf.is_installed(model)
    return {
        "role": model.role,
        "name": model.name,
        "size": model.size,
        "licence": model.licence,
        "installed": installed,
        "in_use": used.get(model.role) == model.name if model.role.setting else installed,
        "micro": model.micro,
        "checked": model.checked,
        "source": model.source,
        "memory": model.memory,
        "note": model.note,
        "path": str(shelf.files(model)[0]) if installed else None,
    }


def _file_row(role: Role, name: str) -> dict[str, Any]:
    """A setting that names a file which is not registered."""
    path = Path(name).expanduser()
    there = path.is_file()
    return {
        "role": role,
        "name": name,
        "size": path.stat().st_size if there else 0,
        "licence": "",
        "installed": there,
        "in_use": True,
        "micro": False,
        "checked": False,
        "source": "file",
        "memory": 0,
        "note": "A file that is not registered.",
        "path": str(path.absolute()) if there else None,
    }


def _list_lines(rows: list[dict[str, Any]]) -> Iterable[str]:
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        state = "installed" if row["installed"] else "not here"
        state += ", in use" * row["in_use"] + ", micro" * row["micro"]
        size = words.size(row["size"]) if row["size"] else ""
        yield (
            f"{row['role']:<7} {row['name']:<{width}} {size:>9}  {state:<25} {row['licence']}"
        ).rstrip()


def recommend(options: argparse.Namespace, profile: Profile) -> int:
    used = _used(profile)
    listed = shelf.models()
    here = [name for name, model in listed.items() if shelf.is_installed(model)]
    found = machine.look()
    advised = advice.advise(list(listed.values()), found, here)
    rows = [_advice_row(item, here, used) for item in advised]
    value = {"machine": dataclasses.asdict(found), "roles": rows}
    return result(options, value, _advice_lines(found, rows))


def _advice_row(item: Advice, here: list[str], used: dict[Role, str]) -> dict[str, Any]:
    best = item.best
    name = best.name if best else None
    in_use = name is not None and used.get(item.role) == name
    verb = "use" if name in here else "pull"
    return {
        "role": item.role,
        "model": name,
        "why": item.why,
        "note": best.note if best else "",
        "licence": best.licence if best else "",
        "size": best.size if best else 0,
        "checked": best.checked if best else False,
        "in_use": in_use,
        "command": f"mirrordesk models {verb} {name}" if name and not in_use else "",
        "better": [{"name": v.model.name, "why": v.why} for v in item.better],
    }


def _advice_lines(found: machine.Machine, rows: list[dict[str, Any]]) -> Iterable[str]:
    gpu = f"a GPU with {words.size(found.gpu_memory)}" if found.gpu_memory else "no GPU found"
    yield f"{words.size(found.memory)} of memory, {gpu}, {words.size(found.disk)} of disk free."
    for row in rows:
        unchecked = "" if row["checked"] or not row["model"] else " (entry not checked)"
        yield ""
        yield f"{row['role'].noun}: {row['model'] or 'none fits'}{unchecked}"
        if row["model"]:
            yield f"  {row['note']} It {row['why']}."
            yield f"  licence {row['licence']}, {words.size(row['size'])}"
            yield f"  {row['command'] or 'in use'}"
        for other in row["better"]:
            yield f"  not {other['name']}: {other['why']}"


def fetch(options: argparse.Namespace, _profile: Profile) -> int:
    rows = []
    for model in [shelf.find(name) for name in options.names]:
        if model.pullable:
            say(options, f"{model.name}: {words.size(model.size)}, {model.licence}")
        rows.append({"name": model.name, "pulled": pull.pull(model), "role": model.role})
    return result(options, rows, [_pulled_line(row) for row in rows])


def _pulled_line(row: dict[str, Any]) -> str:
    state = "is here now" if row["pulled"] else "was here already"
    return f"{row['name']} {state}; `mirrordesk models use {row['name']}` uses it."


def verify(options: argparse.Namespace, _profile: Profile) -> int:
    named = [shelf.find(name) for name in options.names]
    models = named or [model for model in shelf.models().values() if shelf.is_installed(model)]
    rows = [
        {"name": model.name, "path": str(file.path), "state": file.state}
        for model in models
        for file in _states(model)
    ]
    result(options, rows, (f"{row['state']:<8} {row['name']}  {row['path']}" for row in rows))
    return 0 if all(row["state"] is shelf.State.OK for row in rows) else WeightsError.exit_status


def _states(model: Model) -> Iterable[shelf.FileState]:
    if not shelf.is_installed(model):
        raise shelf.missing(model)
    return shelf.inspect(model)


def use(options: argparse.Namespace, profile: Profile) -> int:
    model = _wanted(options)
    if not model.role.setting:
        raise UsageError(f"There is no choice of a model for {model.role.noun}.")
    shelf.verify(model)
    config.change(profile, model.role.setting, model.name)
    value = {"setting": model.role.setting, "model": model.name}
    text = f"{model.role.setting} is {model.name} now; what is running takes it up when restarted."
    return result(options, value, [text])


def _wanted(options: argparse.Namespace) -> Model:
    """A model by its name, else a file that is to be registered."""
    path = Path(options.name).expanduser()
    by_name = options.name in shelf.models()
    if by_name and not (options.role or options.architecture):
        return shelf.find(options.name)
    if not path.is_file():
        if by_name:
            raise UsageError("--role and --architecture go with the path of a file, not a name.")
        return shelf.find(options.name)
    say(options, f"Registering {path.absolute()}.")
    role = Role(options.role) if options.role else None
    return registering.register(path, role, options.architecture)


def remove(options: argparse.Namespace, profile: Profile) -> int:
    model = shelf.find(options.name)
    is_used = _used(profile).get(model.role) == model.name
    if is_used and model.removable and not options.even_if_used:
        raise UsageError(
            f"{model.name} is in use ({model.role.setting}); choose another with `mirrordesk "
            f"models use NAME`, or say `mirrordesk models remove {quote(model.name)} "
            "--even-if-used`."
        )
    freed = removal.remove(model)
    text = f"{model.name} is removed, {words.size(freed)} freed."
    if not model.pullable:
        text = f"{model.name} is no longer registered; its file stays where it is."
    return result(options, {"name": model.name, "freed": freed}, [text])
