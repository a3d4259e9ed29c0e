/** Name, simulated clock, phase, weather, connection, theme. */
import { Icon, type IconName } from "../../components/Icon.tsx";
import { useLuna } from "../../lib/context.ts";
import { capital, clockTime, dayOf, plain, weekdayOf } from "../../lib/format.ts";
import { useStore } from "../../lib/store.ts";
import { chooseTheme, theme } from "../../lib/theme.ts";
import { Connection } from "./Connection.tsx";
import { PhaseChip } from "./PhaseChip.tsx";
import "./status.css";

export function Header() {
  return (
    <header className="header">
      <Wordmark />
      <Clock />
      <PhaseChip />
      <div className="header-end">
        <WeatherNow />
        <Connection />
        <ThemeToggle />
      </div>
    </header>
  );
}

function Wordmark() {
  return (
    <h1 className="wordmark">
      <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
        <path d="M24.6 23.1A11.2 11.2 0 1 1 15.4 4.7a9.2 9.2 0 0 0 9.2 18.4Z" fill="currentColor" />
        <circle cx="24.4" cy="9.4" r="2.6" fill="currentColor" />
      </svg>
      <span>Luna</span>
    </h1>
  );
}

function Clock() {
  const luna = useLuna();
  const now = useStore(luna.state, (state) => state?.simulation_time ?? null);
  const [hours, minutes, seconds] = (now === null ? "--:--:--" : clockTime(now)).split(":");
  return (
    <div className="clock">
      <time className="clock-time" data-testid="clock" dateTime={now ?? undefined} aria-label="Simulated time in New York">
        {hours}:{minutes}
        <span className="clock-seconds">:{seconds}</span>
      </time>
      <span className="clock-day">
        <b>{now === null ? "New York" : weekdayOf(now)}</b>
        <span>{now === null ? "Waiting for its clock" : `${dayOf(now).replace(/^\w+, /, "")}, New York`}</span>
      </span>
    </div>
  );
}

const SKIES: Readonly<Record<string, IconName>> = {
  clear: "sun", cloudy: "cloud", rain: "rain", snow: "snow", storm: "storm", fog: "fog",
};

function WeatherNow() {
  const luna = useLuna();
  const weather = useStore(luna.weather, (known) => known);
  if (weather === null) {
    return null;
  }
  return (
    <span className="weather" title={weather.wind_kph === undefined || weather.wind_kph === null ? undefined : `Wind ${Math.round(weather.wind_kph)} km/h`}>
      <Icon name={SKIES[weather.condition] ?? "cloud"} />
      <span>{Math.round(weather.temperature_c)} °C</span>
      <span className="weather-word">{capital(plain(weather.condition))}</span>
    </span>
  );
}

function ThemeToggle() {
  const now = useStore(theme, (known) => known);
  const next = now === "dark" ? "light" : "dark";
  return (
    <button type="button" className="button button-quiet icon-button" aria-label={`Switch to the ${next} theme`} onClick={() => chooseTheme(next)}>
      <Icon name={now === "dark" ? "sun" : "moon"} />
    </button>
  );
}
