"""Reports opened in a real browser: what tests read from them, and do to them."""

from functools import partial

from costmodel.capacity.forecasts import by_rate, forecast
from costmodel.capacity.plans import plan
from costmodel.library import Library
from costmodel.models import Terms, open_models
from costmodel.outputs import report

PATTERNS = Library(environment=False).names("patterns")
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 800}


class Shown:
    """A report opened in the browser; `trouble` is what the console and the network had to say."""

    def __init__(self, page, path):
        self.page, self.path, self.trouble = page, path, []
        page.on("console", lambda message: self.trouble.append(message.text))
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.on("request", lambda request: self.trouble.append(request.url) if not request.url.startswith("file:") else None)
        page.goto(path.as_uri())

    def total(self, number):
        return self.page.text_content(f'#answer [data-model="{number}"] [data-d="total"]')

    def field(self, key):
        number = self.page.evaluate("key => DATA.inputs.findIndex(input => input.key === key)", key)
        return self.page.locator(f"#input-{number}")


def written(models, library=None, headroom=0.2, grown=False):
    """The page of these models; with their limits where they were opened with quotas, and if wanted with a year of growth."""

    def again(model, changes):
        terms = Terms(model.card.name, changes={**model.changes, **changes}, with_quotas=True)
        return open_models(model.pattern.path, [model.scenario.path], terms=terms)[0]

    plans = [plan(model, headroom, partial(again, model)) for model in models if model.sheet]
    forecasts = [forecast(model, by_rate("10%/month", 12), headroom) for model in models if grown]
    commands = [(f"costmodel estimate --pattern {model.pattern.name} --scenario ", "") for model in models]
    return report.render(
        models, "costmodel report", commands, library or Library(environment=False), plans=plans, forecasts=forecasts
    )


# In the page: sets every field as a person would, lets the page catch up, and reads what it answers.
def some_number(chance, one):
    """A number that the input allows, of the size of its own."""
    most = min(one.most, max(10 * one.number, 100)) if one.most > 1000 else one.most
    while not one.allows(number := round(chance.uniform(one.least, most), 3)):
        pass
    return number
